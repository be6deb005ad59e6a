import { handlerOf } from '#millwright/resources';
import { reconcilePart, restockPart, setAverageCost, setUnitCost } from './domain/part-stock.js';
import * as commands from './inventory.commands.js';
import { PartWriter } from './part-writer.js';

export const inventoryHandlers = [
  handlerOf(commands.CreatePart, PartWriter, (parts, { input }) => parts.create(input)),
  handlerOf(commands.UpdatePart, PartWriter, (parts, { partId, changes }) => parts.update(partId, changes)),
  handlerOf(commands.ArchivePart, PartWriter, (parts, { partId }) => parts.archive(partId)),
  handlerOf(commands.UnarchivePart, PartWriter, (parts, { partId }) => parts.unarchive(partId)),
  handlerOf(commands.RestockPart, PartWriter, (parts, { part_id, quantity, cost, note }) =>
    parts.move(part_id, (part, transactionId) => restockPart(part, { transactionId, quantity, cost, note })),
  ),
  handlerOf(commands.ReconcilePart, PartWriter, (parts, { part_id, quantity, note }) =>
    parts.move(part_id, (part, transactionId) => reconcilePart(part, { transactionId, quantity, note })),
  ),
  handlerOf(commands.SetPartUnitCost, PartWriter, (parts, { part_id, cost, note }) =>
    parts.move(part_id, (part, transactionId) => setUnitCost(part, { transactionId, cost, note })),
  ),
  handlerOf(commands.SetPartAverageUnitCost, PartWriter, (parts, { part_id, cost, note }) =>
    parts.move(part_id, (part, transactionId) => setAverageCost(part, { transactionId, cost, note })),
  ),
  handlerOf(commands.ReversePartTransaction, PartWriter, (parts, command) => parts.reverse(command)),
];

import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { reconcilePart, restockPart, reverseReceipt, setAverageCost, setUnitCost } from './domain/part-stock.js';
import * as commands from './inventory.commands.js';
import { PartWriter } from './part-writer.js';
import { Receipts } from './receipts.js';

@CommandHandler(commands.CreatePart)
class CreatePartHandler implements ICommandHandler<commands.CreatePart> {
  constructor(private readonly parts: PartWriter) {}
  execute({ input }: commands.CreatePart) {
    return this.parts.create(input);
  }
}

@CommandHandler(commands.UpdatePart)
class UpdatePartHandler implements ICommandHandler<commands.UpdatePart> {
  constructor(private readonly parts: PartWriter) {}
  execute({ partId, changes }: commands.UpdatePart) {
    return this.parts.update(partId, changes);
  }
}

@CommandHandler(commands.ArchivePart)
class ArchivePartHandler implements ICommandHandler<commands.ArchivePart> {
  constructor(private readonly parts: PartWriter) {}
  execute({ partId }: commands.ArchivePart) {
    return this.parts.archive(partId);
  }
}

@CommandHandler(commands.UnarchivePart)
class UnarchivePartHandler implements ICommandHandler<commands.UnarchivePart> {
  constructor(private readonly parts: PartWriter) {}
  execute({ partId }: commands.UnarchivePart) {
    return this.parts.unarchive(partId);
  }
}

@CommandHandler(commands.RestockPart)
class RestockPartHandler implements ICommandHandler<commands.RestockPart> {
  constructor(private readonly parts: PartWriter) {}
  execute({ part_id, quantity, cost, note }: commands.RestockPart) {
    return this.parts.move(part_id, (part, transactionId) => restockPart(part, { transactionId, quantity, cost, note }));
  }
}

@CommandHandler(commands.ReconcilePart)
class ReconcilePartHandler implements ICommandHandler<commands.ReconcilePart> {
  constructor(private readonly parts: PartWriter) {}
  execute({ part_id, quantity, note }: commands.ReconcilePart) {
    return this.parts.move(part_id, (part, transactionId) => reconcilePart(part, { transactionId, quantity, note }));
  }
}

@CommandHandler(commands.SetPartUnitCost)
class SetPartUnitCostHandler implements ICommandHandler<commands.SetPartUnitCost> {
  constructor(private readonly parts: PartWriter) {}
  execute({ part_id, cost, note }: commands.SetPartUnitCost) {
    return this.parts.move(part_id, (part, transactionId) => setUnitCost(part, { transactionId, cost, note }));
  }
}

@CommandHandler(commands.SetPartAverageUnitCost)
class SetPartAverageUnitCostHandler implements ICommandHandler<commands.SetPartAverageUnitCost> {
  constructor(private readonly parts: PartWriter) {}
  execute({ part_id, cost, note }: commands.SetPartAverageUnitCost) {
    return this.parts.move(part_id, (part, transactionId) => setAverageCost(part, { transactionId, cost, note }));
  }
}

@CommandHandler(commands.ReversePartTransaction)
class ReversePartTransactionHandler implements ICommandHandler<commands.ReversePartTransaction> {
  constructor(
    private readonly parts: PartWriter,
    private readonly receipts: Receipts,
  ) {}
  async execute({ part_id, transaction_id, reason }: commands.ReversePartTransaction) {
    const receipt = await this.receipts.find(part_id, transaction_id);
    return this.parts.move(part_id, (part, transactionId) => reverseReceipt(part, { transactionId, receipt: receipt(), reason }));
  }
}

export const inventoryHandlers = [
  CreatePartHandler,
  UpdatePartHandler,
  ArchivePartHandler,
  UnarchivePartHandler,
  RestockPartHandler,
  ReconcilePartHandler,
  SetPartUnitCostHandler,
  SetPartAverageUnitCostHandler,
  ReversePartTransactionHandler,
];

import type { IdSequence } from '#millwright/event-sourcing';
import { viewOf } from '#millwright/lists';
import { defineResource, hideFieldsInEvents, hideInEvents } from '#millwright/resources';
import { part } from './domain/part.js';
import type { PartTransactionEvent } from './domain/part.events.js';
import { assetsOfPartSql } from './earlier-assets.js';
import { partFields } from './part.fields.js';
import { partRow, partTable } from './read-models/part-row.js';

const table = viewOf(partTable);

/** Parts as a resource like any other; what is special about them is in `domain/`. */
export const parts = defineResource({
  name: 'part',
  plural: 'parts',
  description: 'What lies in a storeroom, with its stock and what that is worth; a non-stock part has a price only.',
  heading: 'What lies in the storerooms: stock, prices, the moving average, and every movement behind them.',
  scope: 'entity',
  notes: {
    create: {
      description: 'With what is on the shelf already: a quantity needs a unit cost.',
      refusals: 'VALIDATION_FAILED (also stock without a unit cost), NON_STOCK_PART, VALUE_OUT_OF_RANGE',
    },
    one: { description: 'With its stock, value and average cost, all of one moment.' },
    update: {
      description: 'Its stock and costs move through operations of their own.',
      refusals: 'PART_IN_USE (stock or non-stock changes only while it has no stock, reservation or open charge)',
    },
    archive: {
      description: 'It must have neither stock nor reservations.',
      refusals: 'PART_IN_USE (it has stock, a reservation, or a completion is running)',
    },
  },
  fields: partFields,
  stream: part,
  rowOf: partRow,
  view: { ...table, columns: { ...table.columns, linked_assets_ids: { type: 'bigint[]', sql: assetsOfPartSql, onlySought: true } } },
  attributes: { assets_ids: { type: 'ids', column: 'linked_assets_ids' } },
  projection: 'stock-levels',
  search: ['name', 'description', 'number', 'area'],
});

const movements: readonly PartTransactionEvent['type'][] = [
  'PartOpeningStockRecorded',
  'PartRestocked',
  'PartReconciled',
  'PartUnitCostSet',
  'PartAverageCostSet',
  'PartIssued',
  'PartReturned',
  'PartMovementReversed',
];
const money = 'costs:read';
hideInEvents(movements, { value: money, valueAfter: money, receiptValue: money, charge: money, chargeAfter: money });
// Its own prices move through those; a vendor's is said in its details, or not.
hideFieldsInEvents(
  ['PartRegistered', 'PartDetailsChanged'],
  partFields.all.filter(({ children }) => children),
);

/** Transactions are numbered across all parts. */
export const partTransactionIds = { name: 'part_transaction', field: 'transactionId' } as const satisfies IdSequence;

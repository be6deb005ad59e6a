import { streamName } from '#millwright/event-sourcing';
import { viewOf, type ListDefinition } from '#millwright/resources';
import { transactionTypes } from '../part-transaction.choices.js';
import { partTable } from './part-row.js';
import { transactionTable } from './transactions.js';

/** GET /parts. */
export const partList: ListDefinition = {
  view: viewOf(partTable),
  attributes: {
    id: { type: 'id', neverNull: true },
    name: { type: 'text', neverNull: true },
    description: { type: 'text' },
    number: { type: 'text' },
    area: { type: 'text' },
    is_non_stock: { type: 'flag' },
    lead_time: { type: 'integer' },
    on_hand_qty: { type: 'decimal' },
    reserved: { type: 'decimal' },
    available: { type: 'decimal' },
    min_qty: { type: 'decimal' },
    desired_qty: { type: 'decimal' },
    unit_cost: { type: 'decimal' },
    avg_unit_cost: { type: 'decimal' },
    stock_value: { type: 'decimal' },
    part_type_id: { type: 'id' },
    storeroom_id: { type: 'id' },
    measurement_unit_id: { type: 'id' },
    assets_ids: { type: 'ids' },
    qr_code: { type: 'text' },
    external_reference: { type: 'text' },
    archived: { type: 'flag' },
    created_at: { type: 'instant', neverNull: true },
    updated_at: { type: 'instant', neverNull: true },
    created_by_id: { type: 'id' },
    updated_by_id: { type: 'id' },
  },
  search: ['name', 'description', 'number', 'area'],
  defaultSort: 'name asc',
  scope: 'entity',
  hidesArchived: true,
  source: { projection: 'stock-levels', streamOf: ({ id }) => streamName('part', Number(id)) },
};

/** GET /parts/{id}/transactions. A transaction is never edited, so its `updated_at` is its `created_at`. */
export const transactionList: ListDefinition = {
  view: viewOf(transactionTable),
  attributes: {
    id: { type: 'id', neverNull: true },
    type: { type: 'text', choices: transactionTypes, neverNull: true },
    note: { type: 'text' },
    quantity: { type: 'decimal' },
    cost: { type: 'decimal' },
    total_cost: { type: 'decimal' },
    on_hand_qty: { type: 'decimal' },
    stock_value: { type: 'decimal' },
    avg_unit_cost: { type: 'decimal' },
    work_order_id: { type: 'id' },
    work_order_charge: { type: 'decimal' },
    reversed_transaction_id: { type: 'id' },
    created_at: { type: 'instant', neverNull: true },
    updated_at: { type: 'instant', column: 'created_at', neverNull: true },
    created_by_id: { type: 'id' },
    position: { type: 'decimal', neverNull: true },
  },
  search: ['note', 'type'],
  defaultSort: 'updated_at desc',
  scope: 'entity',
  // Ids are handed out before the decision; only the log knows which of two movements came first.
  tieBreaker: 'position',
  source: { projection: 'part-transactions', streamOf: ({ part_id }) => streamName('part', Number(part_id)) },
};

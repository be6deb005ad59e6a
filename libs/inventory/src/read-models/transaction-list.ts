import { streamName } from '#millwright/event-sourcing';
import { viewOf, type ListDefinition } from '#millwright/lists';
import { partTransaction } from '../part-transaction.shown.js';
import { transactionTable } from './transactions.js';

/** GET /parts/{id}/transactions. A transaction is never edited, so its `updated_at` is its `created_at`. */
export const transactionList: ListDefinition = {
  view: viewOf(transactionTable),
  attributes: {
    ...partTransaction.attributes,
    updated_at: {
      type: 'instant',
      column: 'created_at',
      neverNull: true,
      description: 'The same as `createdAt`: a transaction is never edited.',
    },
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

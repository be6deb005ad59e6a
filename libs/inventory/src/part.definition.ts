import type { IdSequence } from '#millwright/event-sourcing';
import { defineResource } from '#millwright/resources';
import { part } from './domain/part.js';
import { PartFields } from './part.inputs.js';
import { PartType } from './part.types.js';
import { partList } from './read-models/lists.js';
import { partRow } from './read-models/part-row.js';

/** Parts as a resource like any other; what is special about them is in `domain/`. */
export const parts = defineResource({
  name: 'part',
  stream: part,
  fields: PartFields,
  list: partList,
  rowOf: partRow,
  label: ({ id, name }) => ({ id, name }),
  graphql: () => PartType,
});

/** Transactions are numbered across all parts. */
export const partTransactionIds = { name: 'part_transaction', field: 'transactionId' } as const satisfies IdSequence;

import { defineChoices } from '#millwright/resources';
import type { PartTransactionType } from './domain/part-transactions.js';

/** What moved the stock of a part, or its price. */
export const transactionTypes = defineChoices<PartTransactionType>('PartTransactionType', 'What moved the stock of a part, or its price.', {
  initial: 'What was on the shelf when the part was created.',
  restock: 'A receipt: the average is calculated anew.',
  usage: 'Issued to a work order at the average.',
  return: 'Given back by a work order at what it was charged.',
  reconcile: 'A correction to what was counted.',
  cost_update: 'Another list price; the stock value stays.',
  avg_cost_update: 'A revaluation: the stock value becomes on hand x cost.',
  reversal: 'A receipt that was taken back.',
});

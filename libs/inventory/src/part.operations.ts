import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import { lacking } from '#millwright/access';
import { IdOf, Money, Quantity, Reference, Text } from '#millwright/fields';
import { operation, reads, type Decided } from '#millwright/resources';
import { reconcilePart, restockPart, setAverageCost, setUnitCost } from './domain/part-stock.js';
import type { Part } from './domain/part.state.js';
import { PartWriter } from './part-writer.js';

@InputType('RestockPartInput', { description: 'Receives stock. The average is calculated anew, the list price becomes the cost.' })
class RestockPart extends Command<Decided<Part>> {
  @Reference('part', { required: true }) part_id!: number;
  @Quantity({ description: 'How many came.', required: true, moreThan: '0', example: 4 }) quantity!: string;
  @Money({ required: true, description: 'What one of them cost.', example: 26.15 }) cost!: string;
  @Text({
    description: 'What is to stand beside the movement, like the number of the order.',
    max: 2000,
    example: 'Purchase order PO-12345 received',
  })
  note?: string | null;
}

@InputType('ReconcilePartInput', { description: 'Corrects the stock to what was counted, by a signed difference.' })
class ReconcilePart extends Command<Decided<Part>> {
  @Reference('part', { required: true }) part_id!: number;
  @Quantity({
    description: 'How many more were counted than are on hand; negative for fewer.',
    required: true,
    notZero: true,
    example: -2,
  })
  quantity!: string;
  @Text({ description: 'Why it differs.', required: true, max: 2000, example: '2 units damaged during shipping' }) note!: string;
}

@InputType('SetPartUnitCostInput', { description: 'Sets the list price; the stock value stays what it was.' })
class SetPartUnitCost extends Command<Decided<Part>> {
  @Reference('part', { required: true }) part_id!: number;
  @Money({ description: 'The list price of one from now on.', required: true, example: 225.5 }) cost!: string;
  @Text({ description: 'Why it changes.', max: 2000, example: 'Cost updated per invoice INV-9847' }) note?: string | null;
}

@InputType('SetPartAverageUnitCostInput', { description: 'Revalues the stock: its value becomes on hand × cost.' })
class SetPartAverageUnitCost extends Command<Decided<Part>> {
  @Reference('part', { required: true }) part_id!: number;
  @Money({ description: 'What one on the shelf is worth from now on.', required: true, example: 225.5 })
  cost!: string;
  @Text({ description: 'Why it changes.', max: 2000, example: 'Cost updated per invoice INV-9847' }) note?: string | null;
}

@InputType('ReversePartTransactionInput', { description: 'Takes a receipt back (a restock, or the opening stock).' })
class ReversePartTransaction extends Command<Decided<Part>> {
  @Reference('part', { required: true }) part_id!: number;
  @IdOf('part_transaction', { description: 'The receipt: a transaction of type restock or initial.', required: true })
  transaction_id!: number;
  @Text({ description: 'Why it is taken back.', required: true, max: 2000, example: 'Delivered to the wrong site' }) reason!: string;
}

/** What can be done with a part beside what can be done with every resource. */
export const partOperations = [
  operation({
    name: 'restockPart',
    scopes: ['stock:move', 'costs:read'],
    command: RestockPart,
    route: 'PATCH :id/restock',
    fromPath: { part_id: 'id' },
    summary: 'Receive stock',
    description: 'The average is calculated anew; the list price becomes the cost of the restock.',
    refusals: 'NOT_FOUND, CONFLICT (archived), NON_STOCK_PART, VALIDATION_FAILED, VALUE_OUT_OF_RANGE, PRECONDITION_FAILED',
    by: PartWriter,
    carryOut: (parts, { part_id, quantity, cost, note }) =>
      parts.move(part_id, (part, transactionId) => restockPart(part, { transactionId, quantity, cost, note })),
  }),
  operation({
    name: 'reconcilePart',
    scopes: ['stock:move'],
    command: ReconcilePart,
    route: 'PATCH :id/reconcile',
    fromPath: { part_id: 'id' },
    summary: 'Correct the stock to what was counted',
    description:
      '`quantity` is the signed difference; it moves at the current average. Who sees no costs counts in less than the limit of values allows, so that it tells him none: at most 10 million of what costs up to 1,000.',
    refusals:
      'NOT_FOUND, CONFLICT (archived), NON_STOCK_PART, INSUFFICIENT_STOCK (fewer than none would be left), VALIDATION_FAILED, VALUE_OUT_OF_RANGE, PRECONDITION_FAILED',
    by: PartWriter,
    carryOut: (parts, { part_id, quantity, note }) => {
      const costsUnseen = lacking()?.('costs:read') ?? false;
      return parts.move(part_id, (part, transactionId) => reconcilePart(part, { transactionId, quantity, note, costsUnseen }));
    },
  }),
  operation({
    name: 'setPartUnitCost',
    scopes: ['stock:revalue', 'costs:read'],
    command: SetPartUnitCost,
    route: 'PATCH :id/update_unit_cost',
    fromPath: { part_id: 'id' },
    summary: 'Set the list price of a part',
    description: 'The stock value stays what it was.',
    refusals: 'NOT_FOUND, CONFLICT (archived), VALIDATION_FAILED, PRECONDITION_FAILED',
    by: PartWriter,
    carryOut: (parts, { part_id, cost, note }) =>
      parts.move(part_id, (part, transactionId) => setUnitCost(part, { transactionId, cost, note })),
  }),
  operation({
    name: 'setPartAverageUnitCost',
    scopes: ['stock:revalue', 'costs:read'],
    command: SetPartAverageUnitCost,
    route: 'PATCH :id/update_avg_unit_cost',
    fromPath: { part_id: 'id' },
    summary: 'Revalue the stock of a part',
    description: 'Its value becomes on hand × cost.',
    refusals: 'NOT_FOUND, CONFLICT (archived), NON_STOCK_PART, VALIDATION_FAILED, VALUE_OUT_OF_RANGE, PRECONDITION_FAILED',
    by: PartWriter,
    carryOut: (parts, { part_id, cost, note }) =>
      parts.move(part_id, (part, transactionId) => setAverageCost(part, { transactionId, cost, note })),
  }),
  operation({
    name: 'reversePartTransaction',
    scopes: ['stock:move'],
    command: ReversePartTransaction,
    route: 'PATCH :id/transactions/:transaction_id/reverse',
    fromPath: { part_id: 'id', transaction_id: 'transaction_id' },
    summary: 'Take a receipt back',
    description: 'Of a restock, or of the opening stock: its parts leave at the current average, the difference is price variance.',
    refusals:
      'NOT_FOUND, CONFLICT (archived, or no receipt), ALREADY_REVERSED, INSUFFICIENT_STOCK (its parts are no longer there), VALIDATION_FAILED, PRECONDITION_FAILED',
    by: PartWriter,
    carryOut: (parts, { part_id, transaction_id, reason }) => parts.reverse(part_id, transaction_id, reason),
  }),
];

/** What can be read of a part beside itself. */
export const partReads = {
  transactions: reads({
    name: 'listPartTransactions',
    scopes: ['parts:read'],
    summary: "List a part's transactions",
    description: '`meta.total_used` is what work orders used, net of returns, over the whole filtered set.',
  }),
  transaction: reads({
    name: 'getPartTransaction',
    scopes: ['parts:read'],
    summary: "Show one of a part's transactions",
    description: 'With the quantity, the value and the average that it left behind.',
  }),
  explanation: reads({
    name: 'explainPart',
    scopes: ['parts:read', 'costs:read'],
    summary: 'Explain why the average is what it is',
    description: 'Every movement in log order, with its running figures and the event behind it.',
  }),
};

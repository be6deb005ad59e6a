import { ID, InputType, Int } from '@nestjs/graphql';
import { DecimalScalar } from '#millwright/quantities';
import { connectionOf, DateTimeScalar, defineOutputType, listArgumentsOf, Reference, type OutputProperty } from '#millwright/resources';
import { transactionTypes } from './part-transaction.choices.js';
import { partList, transactionList } from './read-models/lists.js';

/** The GraphQL types of parts. Their sources are rows of the read models; what is computed or joined, the resolvers add. */

const id: OutputProperty = { type: () => ID, nullable: false };
const idOrNull: OutputProperty = { type: () => ID, nullable: true };
const text: OutputProperty = { type: () => String, nullable: false };
const textOrNull: OutputProperty = { type: () => String, nullable: true };
const decimal: OutputProperty = { type: () => DecimalScalar, nullable: false };
const decimalOrNull: OutputProperty = { type: () => DecimalScalar, nullable: true };
const instant: OutputProperty = { type: () => DateTimeScalar, nullable: false };
const flag: OutputProperty = { type: () => Boolean, nullable: false };
const stockFigure: OutputProperty = { ...decimalOrNull, description: 'Null for a non-stock part.' };

export const PartType = defineOutputType('Part', {
  id,
  name: text,
  description: textOrNull,
  is_non_stock: flag,
  number: textOrNull,
  area: textOrNull,
  lead_time: { type: () => Int, nullable: true, description: 'Days.' },
  on_hand_qty: stockFigure,
  reserved: decimal,
  available: stockFigure,
  min_qty: decimalOrNull,
  desired_qty: decimalOrNull,
  unit_cost: { ...decimalOrNull, description: 'The list or last price.' },
  avg_unit_cost: { ...stockFigure, description: 'The moving average, up to 6 decimals; null for a non-stock part.' },
  qr_code: textOrNull,
  external_reference: textOrNull,
  archived: flag,
  revision: { type: () => Int, nullable: false, description: 'For `expectedRevision`.' },
  created_at: instant,
  updated_at: instant,
});

export const PartConnection = connectionOf('Part', () => PartType);
export const PartListArguments = listArgumentsOf('Part', partList);

export const PartTransactionType = defineOutputType('PartTransaction', {
  id,
  part_id: id,
  type: { type: () => transactionTypes.graphql, nullable: false, description: 'What moved the stock, or the price.' },
  quantity: decimal,
  cost: { ...decimal, description: 'The cost of one unit in this movement.' },
  total_cost: { ...decimal, description: 'The posting on the stock account.' },
  on_hand_qty: { ...decimalOrNull, description: 'After the movement.' },
  avg_unit_cost: { ...decimalOrNull, description: 'After the movement.' },
  work_order_id: idOrNull,
  work_order_charge: decimalOrNull,
  note: textOrNull,
  reversed_transaction_id: idOrNull,
  explanation: { ...text, description: 'Why the average is what it is after this movement.' },
  event_id: id,
  event_type: text,
  position: { ...text, description: 'Where the event stands in the log.' },
  actor_kind: text,
  actor_id: text,
  effective_at: { ...text, description: 'When it happened in the business: an instant or a plain date.' },
  created_at: instant,
});

export const PartTransactionConnection = connectionOf('PartTransaction', () => PartTransactionType);
export const PartTransactionListArguments = listArgumentsOf('PartTransaction', transactionList);

/** Which part an archive or unarchive is about. */
@InputType()
export class PartIdInput {
  @Reference('part', { required: true }) id!: number;
}

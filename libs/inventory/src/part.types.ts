import { ID, InputType, Int } from '@nestjs/graphql';
import { DecimalScalar } from '#millwright/quantities';
import {
  connectionOf,
  DateTimeScalar,
  defineOutputType,
  describeColumns,
  listArgumentsOf,
  Reference,
  type OutputProperty,
} from '#millwright/resources';
import { PartFields } from './part.inputs.js';
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

export const PartType = defineOutputType(
  'Part',
  {
    id,
    name: text,
    description: textOrNull,
    is_non_stock: flag,
    number: textOrNull,
    area: textOrNull,
    lead_time: { type: () => Int, nullable: true },
    on_hand_qty: { ...decimalOrNull, description: 'How many lie on the shelf; null for a non-stock part.' },
    reserved: { ...decimal, description: 'How many of them open work orders want.' },
    available: {
      ...decimalOrNull,
      description: 'On hand less reserved, negative after a count found less than was reserved; null for a non-stock part.',
    },
    min_qty: decimalOrNull,
    desired_qty: decimalOrNull,
    unit_cost: { ...decimalOrNull, description: "The list or last price of one, in the site's currency." },
    avg_unit_cost: {
      ...decimalOrNull,
      description: "The moving average of what one cost, in the site's currency, up to 6 decimals; null for a non-stock part.",
    },
    qr_code: textOrNull,
    external_reference: textOrNull,
    archived: flag,
    revision: { type: () => Int, nullable: false },
    created_at: instant,
    updated_at: instant,
  },
  {
    description: 'What lies in a storeroom, with its stock and what that is worth; a non-stock part has a price only.',
    fields: PartFields,
  },
);

describeColumns('Part', [['stock_value', "What the stock is worth, in the site's currency."]]);

export const PartConnection = connectionOf('Part', () => PartType);
export const PartListArguments = listArgumentsOf('Part', partList);

export const PartTransactionType = defineOutputType(
  'PartTransaction',
  {
    id,
    part_id: { ...id, description: 'The part that moved.' },
    type: { type: () => transactionTypes.graphql, nullable: false, description: 'What moved the stock, or the price.' },
    quantity: { ...decimal, description: 'How many moved: positive onto the shelf, negative off it.' },
    cost: { ...decimal, description: "The cost of one unit in this movement, in the site's currency, up to 6 decimals." },
    total_cost: { ...decimal, description: 'The posting on the stock account, signed by its effect on the shelf.' },
    on_hand_qty: { ...decimalOrNull, description: 'How many lay on the shelf after the movement.' },
    avg_unit_cost: { ...decimalOrNull, description: 'The moving average after the movement, up to 6 decimals.' },
    work_order_id: { ...idOrNull, description: 'The work order that took or returned the parts.' },
    work_order_charge: { ...decimalOrNull, description: "The posting on the work order's charge: usage positive, return negative." },
    note: { ...textOrNull, description: 'What was written beside the movement.' },
    reversed_transaction_id: { ...idOrNull, description: 'The receipt that this one takes back.' },
    explanation: { ...text, description: 'Why the average is what it is after this movement.' },
    event_id: { ...id, description: 'The UUID of the event behind it, as in the audit trail.' },
    event_type: { ...text, description: 'The type of the event behind it, like PartRestocked.' },
    position: { ...text, description: 'Where the event stands in the log.' },
    actor_kind: { ...text, description: 'Who moved it: user, client, service_account, process_manager or system.' },
    actor_id: { ...text, description: 'Which of these it was.' },
    effective_at: { ...text, description: 'When it happened in the business: an instant or a plain date.' },
    created_at: instant,
  },
  { description: 'A movement of the stock of a part, or of its price. It is never edited.' },
);
describeColumns('PartTransaction', [
  ['updated_at', 'The same as `createdAt`: a transaction is never edited.'],
  ['stock_value', 'What the stock was worth after the movement.'],
]);

export const PartTransactionConnection = connectionOf('PartTransaction', () => PartTransactionType);
export const PartTransactionListArguments = listArgumentsOf('PartTransaction', transactionList);

@InputType({ description: 'Which part is meant.' })
export class PartIdInput {
  @Reference('part', { required: true }) id!: number;
}

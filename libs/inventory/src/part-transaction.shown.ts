import type { Decimal } from '#millwright/quantities';
import {
  AttachedFiles,
  defineChoices,
  defineField,
  relationOf,
  Shown,
  ShownId,
  ShownInstant,
  ShownMoney,
  ShownOneOf,
  ShownQuantity,
  ShownReference,
  ShownText,
  ShownUuid,
} from '#millwright/fields';
import { defineShownType } from '#millwright/resources';
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

const person = ['id', 'name', 'surname'];
/** GraphQL shows the event beside what it did, REST in `explain`; lists know nothing of it. */
const ofTheEvent = { always: true, over: 'graphql', stored: false } as const;

/** Quantities 3 decimals, money of the part's currency. */
class PartTransactionFields {
  @ShownId() id!: number;
  @ShownReference('part', { description: 'The part that moved.', always: true, over: 'graphql', filtered: false }) part_id!: number;
  @ShownOneOf(transactionTypes, { description: 'What moved the stock, or the price.', always: true }) type!: PartTransactionType;
  @ShownQuantity({ description: 'How many moved: positive onto the shelf, negative off it.', always: true }) quantity!: Decimal;
  @ShownMoney({ description: "The cost of one unit in this movement, in the site's currency, up to 6 decimals.", always: true })
  cost!: Decimal;
  @ShownMoney({ description: 'The posting on the stock account, signed by its effect on the shelf.', always: true }) total_cost!: Decimal;
  @ShownQuantity({ description: 'How many lay on the shelf after the movement.' }) on_hand_qty!: Decimal | null;
  @ShownMoney({
    description: 'What the stock was worth after the movement, as finance sees it.',
    of: ({ stock_value_posted }) => stock_value_posted,
    stored: true,
  })
  stock_value!: Decimal | null;
  @ShownMoney({ description: 'The moving average after the movement, up to 6 decimals.' }) avg_unit_cost!: Decimal | null;
  @ShownReference('work_order', { description: 'The work order that took or returned the parts.' }) work_order_id!: number | null;
  @ShownMoney({ description: "The posting on the work order's charge: usage positive, return negative." })
  work_order_charge!: Decimal | null;
  @ShownText({ description: 'What was written beside the movement.' }) note!: string | null;
  @ShownId({ description: 'The receipt that this one takes back.' }) reversed_transaction_id!: number | null;
  @AttachedFiles({ description: 'The pictures that are attached to it.' }) images!: object[];
  @AttachedFiles({ description: 'The other files that are attached to it.' }) documents!: object[];
  @Shown({ type: 'object', properties: { kind: { type: 'string' }, id: { type: 'string' } } }, ({ actor_kind, actor_id }) => ({
    kind: actor_kind,
    id: actor_id,
  }))
  actor!: object;
  @ShownText({ ...ofTheEvent, seenWith: 'costs:read', description: 'Why the average is what it is after this movement.' })
  explanation!: string;
  @ShownUuid({ ...ofTheEvent, description: 'The UUID of the event behind it, as in the audit trail.' }) event_id!: string;
  @ShownText({ ...ofTheEvent, description: 'The type of the event behind it, like PartRestocked.' }) event_type!: string;
  @ShownText({ ...ofTheEvent, description: 'Where the event stands in the log.' }) position!: string;
  @ShownText({ ...ofTheEvent, description: 'Who moved it: user, client, service_account, process_manager or system.' }) actor_kind!: string;
  @ShownText({ ...ofTheEvent, description: 'Which of these it was.' }) actor_id!: string;
  @ShownText({ ...ofTheEvent, description: 'When it happened in the business: an instant or a plain date.' }) effective_at!: string;
  @ShownInstant({ always: true }) created_at!: string;
  @ShownInstant({ always: true, of: ({ created_at }) => created_at }) updated_at!: string;
  @ShownReference('user', { always: true, label: person }) created_by_id!: number;
}

// A transaction is never edited, so it was updated by whoever created it.
const { printed, output } = relationOf({ name: 'created_by_id', target: 'user', label: person, always: true });
defineField(PartTransactionFields, {
  name: 'updated_by',
  printed: printed && { ...printed, name: 'updated_by' },
  output: output && { ...output, name: 'updated_by' },
});

export const partTransaction = defineShownType(
  'PartTransaction',
  PartTransactionFields,
  'A movement of the stock of a part, or of its price. It is never edited.',
);

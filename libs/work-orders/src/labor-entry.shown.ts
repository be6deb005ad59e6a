import type { Decimal } from '#millwright/quantities';
import {
  ShownFlag,
  ShownId,
  ShownInstant,
  ShownMoney,
  ShownOneOf,
  ShownPlainDate,
  ShownQuantity,
  ShownReference,
  ShownText,
} from '#millwright/fields';
import { defineShownType } from '#millwright/resources';
import { rateTypes } from './work-order.choices.js';

const person = ['id', 'name', 'surname', 'avatar'] as const;
/** What single hours cost tells what somebody earns. */
const ofOnePerson = { seenWith: 'rates:read', always: true } as const;

/** Money of `currency`. */
class LaborEntryFields {
  @ShownId() id!: number;
  @ShownReference('work_order', { description: 'The work order that was worked on.', always: true, filtered: false })
  work_order_id!: number;
  @ShownReference('user', { description: 'Who worked; null for a vendor.', label: person }) technician_id!: number | null;
  @ShownReference('vendor', { description: 'Whose people worked; null for a technician.', label: ['id', 'name'] }) vendor_id!:
    number | null;
  @ShownInstant({ description: 'When the work began; null where hours were said.' }) started_at!: string | null;
  @ShownInstant({ description: 'When the work ended; null where hours were said.' }) ended_at!: string | null;
  @ShownQuantity({ description: 'How long was worked; negative for a reversal.', always: true, example: 1.6667 }) hours!: Decimal;
  @ShownOneOf(rateTypes, { description: 'Which of the rates the hours cost.', always: true }) rate_type!: string;
  @ShownMoney({ ...ofOnePerson, description: 'What an hour cost when the entry was made.', example: 41 }) rate!: Decimal;
  @ShownMoney({ ...ofOnePerson, description: 'What the work costs, exact to 6 decimals; negative for a reversal.', example: 68.333333 })
  charge!: Decimal;
  @ShownMoney({ ...ofOnePerson, description: 'What was posted: the cents that it added to what the order shows.', example: 68.33 })
  amount!: Decimal;
  @ShownText({ description: 'What the amounts are in: an ISO 4217 code.', always: true, example: 'USD' }) currency!: string;
  @ShownPlainDate({ description: "The day that it belongs to, in the site's time zone: 2026-01-31.", always: true }) date!: string;
  @ShownReference('labor_category', { description: 'What kind of work it was.', label: ['id', 'name'] }) labor_category_id!: number | null;
  @ShownText({ description: 'What was done, or why it was taken back.' }) note!: string | null;
  @ShownFlag({ description: 'Whether a timer counted it.', always: true }) timer!: boolean;
  @ShownId({ description: 'The entry that this one takes back.' }) reversed_entry_id!: number | null;
  @ShownId({ description: 'The entry that took this one back.' }) reversed_by_id!: number | null;
  @ShownInstant({ always: true }) created_at!: string;
  @ShownReference('user', {
    description: 'Who wrote it down; of what a timer counted, whose timer it was.',
    always: true,
    label: ['id', 'name', 'surname'],
  })
  created_by_id!: number;
}

export const laborEntry = defineShownType('LaborEntry', LaborEntryFields, 'Work that was done on a work order, and what it costs.');

import type { Decimal } from '#millwright/quantities';
import { ShownId, ShownInstant, ShownMoney, ShownPlainDate, ShownReference, ShownText } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

/** Money of `currency`. */
class OtherCostFields {
  @ShownId() id!: number;
  @ShownReference('work_order', { description: 'The work order that it was recorded on.', always: true, filtered: false })
  work_order_id!: number;
  @ShownMoney({ description: 'How much; negative for a credit.', always: true, example: -12.5 }) amount!: Decimal;
  @ShownText({ description: 'What the amount is in: an ISO 4217 code.', always: true, stored: false, example: 'USD' }) currency!: string;
  @ShownPlainDate({ description: "The day that it belongs to, in the site's time zone: 2026-01-31.", always: true }) date!: string;
  @ShownText({ description: 'What it was for.' }) note!: string | null;
  @ShownReference('category', {
    description: 'The category that reports put it under; left out, the first one of the work order.',
    label: ['id', 'name'],
  })
  category_id!: number | null;
  @ShownReference('cost_category', { description: 'The cost category that says what it was for.', label: ['id', 'name'] })
  cost_category_id!: number | null;
  @ShownId({ description: 'The cost that this one takes back.' }) reversed_other_cost_id!: number | null;
  @ShownId({ description: 'The cost that took this one back.' }) reversed_by_id!: number | null;
  @ShownText({ description: 'Your own key of this record, unique for the resource and site.' }) external_reference!: string | null;
  @ShownInstant({ always: true }) created_at!: string;
  @ShownInstant({ always: true, of: ({ created_at }) => created_at }) updated_at!: string;
  @ShownReference('user', { always: true, label: ['id', 'name', 'surname'] }) created_by_id!: number;
}

export const otherCost = defineShownType('OtherCost', OtherCostFields, 'A cost of a work order that is neither labour nor a part.');

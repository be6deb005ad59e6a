import { defineChoices, ShownId, ShownOneOf, ShownReference } from '#millwright/fields';
import { defineShownType, ShownOne } from '#millwright/resources';
import type { Row } from '#millwright/event-sourcing';

/** What says which account a work order is booked to, in the order in which it is asked (S10). */
export const accountRules = defineChoices('AccountRule', 'What says which account a work order is booked to.', {
  work_order: 'The first of its own account codes.',
  category: 'The first of its categories that has one.',
  asset: 'What is worked on.',
  asset_parent: 'The nearest of the assets that its asset is a piece of.',
  location: "Its location, else its asset's.",
  location_parent: 'The nearest of the locations that this one is inside of.',
  entity: 'The site.',
});

const resources = defineChoices('AccountSourceKind', 'What kind of record names an account.', {
  work_order: 'It says so itself.',
  category: 'One of those that it belongs to.',
  asset: 'What is worked on, or what that is a piece of.',
  location: 'Where the work is, or what that is inside of.',
  entity: 'The site.',
});

class AccountSourceFields {
  @ShownOneOf(resources, { description: 'What kind of record it is.', always: true }) resource!: string;
  @ShownId() id!: number;
}

export const accountSource = defineShownType('AccountSource', AccountSourceFields, 'The record that names the account of a work order.');

class WorkOrderAccountFields {
  @ShownReference('account_code', { description: 'The account; null where nothing names one.', label: ['id', 'name', 'code'] })
  account_code_id!: number | null;
  @ShownOneOf(accountRules, { description: 'Which rule decided; null where none did.' }) rule!: string | null;
  @ShownOne(accountSource, { description: 'The record that names it.', of: ({ source }) => source as Row | null }) source!: object | null;
}

export const workOrderAccount = defineShownType(
  'WorkOrderAccount',
  WorkOrderAccountFields,
  'The account that a work order is booked to, and why.',
);

import { ShownEvent } from '#millwright/audit-trail';
import type { Decimal } from '#millwright/quantities';
import { defineChoices, ShownInstant, ShownInteger, ShownOneOf, ShownPlainDate, ShownQuantity, ShownReference, ShownText } from '#millwright/fields'; // prettier-ignore
import { defineShownType } from '#millwright/resources';

class PmComplianceFields {
  @ShownPlainDate({ description: 'The first day, included.', always: true }) from!: string;
  @ShownPlainDate({ description: 'The last day, included.', always: true }) to!: string;
  @ShownInteger({ description: 'How many dates got an order.', always: true }) raised!: number;
  @ShownInteger({ description: 'How many orders were completed by the time that they were due.', always: true }) on_time!: number;
  @ShownInteger({ description: 'How many were completed later.', always: true }) late!: number;
  @ShownInteger({ description: 'How many are open.', always: true }) open!: number;
  @ShownInteger({ description: 'How many dates got none.', always: true }) skipped!: number;
  @ShownInteger({ description: 'How many orders were cancelled.', always: true }) cancelled!: number;
  @ShownQuantity({ description: 'The share of those that were not cancelled that was on time: 0 to 1; null for none.' })
  compliance!: Decimal | null;
}

export const pmCompliance = defineShownType('PmCompliance', PmComplianceFields, 'How much of the planned maintenance was done on time.');

const kinds = defineChoices('PmComplianceKind', 'What became of a date.', {
  on_time: 'Its order was completed by the time that it was due.',
  late: 'Its order was completed later.',
  open: 'Its order is open.',
  cancelled: 'Its order was cancelled.',
  skipped: 'It got no order.',
});

/** GraphQL had the event as fields of the line before it had the object. */
const ofTheEvent = { always: true, over: 'graphql', stored: false } as const;

class ComplianceLineFields {
  @ShownOneOf(kinds, { description: 'Where it counts.', always: true }) kind!: string;
  @ShownText({ description: 'What became of it, in a sentence.', always: true }) explanation!: string;
  @ShownReference('pm_schedule', { description: 'Whose date it was.', always: true, label: ['id', 'title'] }) pm_schedule_id!: number;
  @ShownInteger({ description: 'Its number among the dates of the schedule.', always: true }) number!: number;
  @ShownInstant({ description: 'When the maintenance was planned for.', always: true }) date!: string;
  @ShownInstant({ description: 'When its order was due.', always: true }) due_date!: string;
  @ShownReference('work_order', { description: 'The work order that was opened for it; null where there is none.' }) work_order_id!:
    number | null;
  @ShownEvent() event!: object;
  @ShownText({ ...ofTheEvent, description: 'The UUID of the event behind it, as in the audit trail.' }) event_id!: string;
  @ShownText({ ...ofTheEvent, description: 'The type of the event behind it: PmOccurrenceRaised, PmOccurrencesSkipped.' })
  event_type!: string;
  @ShownText({ ...ofTheEvent, description: 'The stream of the event.' }) stream!: string;
  @ShownText({ ...ofTheEvent, description: 'Where the event stands in the log.' }) position!: string;
  @ShownInstant({ ...ofTheEvent, description: 'When the event was recorded.' }) recorded_at!: string;
  @ShownText({ ...ofTheEvent, description: 'When it happened in the business: an instant or a plain date.' }) effective_at!: string;
}

export const complianceLine = defineShownType('PmComplianceLine', ComplianceLineFields, 'One date behind PM compliance.');

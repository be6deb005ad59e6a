import { ShownEvent } from '#millwright/audit-trail';
import type { Decimal } from '#millwright/quantities';
import { defineChoices, ShownInstant, ShownMoney, ShownOneOf, ShownQuantity, ShownReference, ShownText } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

const kinds = defineChoices('ExplanationKind', 'What a line of an explanation is about.', {
  labor: 'A posting of labour.',
  parts: 'A posting of a part that was used or returned, or what one would cost today.',
  other: 'A posting of another cost.',
  downtime: 'A time for which the asset was down.',
});

/** GraphQL had the event as fields of the line before it had the object. */
const ofTheEvent = { always: true, over: 'graphql', stored: false } as const;

export class ExplanationLineFields {
  @ShownOneOf(kinds, { description: 'What the line is about.', always: true }) kind!: string;
  @ShownText({ description: 'What it adds, in a sentence.', always: true }) explanation!: string;
  @ShownMoney({
    // Divided by its hours, what one entry cost is what somebody earns (contract, part 4, S83).
    seenWithOf: ({ kind }) => (kind === 'labor' ? 'rates:read' : undefined),
    description: 'What it adds to the costs; null for a downtime.',
  })
  amount!: Decimal | null;
  @ShownQuantity({ description: 'The hours that it adds; null where it adds none.' }) hours!: Decimal | null;
  @ShownReference('work_order', { description: 'The work order that was charged, or that the downtime names.' }) work_order_id!:
    number | null;
  @ShownEvent() event!: object;
  @ShownText({ ...ofTheEvent, description: 'The UUID of the event behind it, as in the audit trail.' }) event_id!: string;
  @ShownText({ ...ofTheEvent, description: 'The type of the event behind it, like PartIssued.' }) event_type!: string;
  @ShownText({ ...ofTheEvent, description: 'The stream of the event.' }) stream!: string;
  @ShownText({ ...ofTheEvent, description: 'Where the event stands in the log.' }) position!: string;
  @ShownInstant({ ...ofTheEvent, description: 'When the event was recorded.' }) recorded_at!: string;
  @ShownText({ ...ofTheEvent, description: 'When it happened in the business: an instant or a plain date.' }) effective_at!: string;
}

export const explanationLine = defineShownType(
  'ExplanationLine',
  ExplanationLineFields,
  'One event behind figures, and what it adds to them.',
);

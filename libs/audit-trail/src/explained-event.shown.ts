import type { Row } from '#millwright/event-sourcing';
import { ShownInstant, ShownInteger, ShownText } from '#millwright/fields';
import { defineShownType, ShownOne } from '#millwright/resources';

class EventActorFields {
  @ShownText({ always: true, description: 'What it is: user, client, service_account, process_manager or system.' }) kind!: string;
  @ShownText({ always: true, description: 'Which of these it was.' }) id!: string;
}

const eventActor = defineShownType('ExplainedEventActor', EventActorFields, 'Who did what an explanation tells.');

class ExplainedEventFields {
  @ShownText({ always: true, description: 'Its UUID, as in the audit trail.' }) id!: string;
  @ShownText({ always: true, description: 'What happened, like PartIssued.' }) type!: string;
  @ShownText({ always: true, description: 'The stream that it is of.' }) stream!: string;
  @ShownInteger({ always: true, description: 'Where it stands in its stream, from 0.' }) revision!: number;
  @ShownText({ always: true, description: 'Where it stands in the log.' }) position!: string;
  @ShownOne(eventActor, { description: 'Who did it.', of: ({ actor }) => actor as Row }) actor!: object;
  @ShownInstant({ always: true, description: 'When it was recorded.' }) recorded_at!: string;
  @ShownText({ always: true, description: 'When it happened in the business: an instant or a plain date.' }) effective_at!: string;
}

export const explainedEvent = defineShownType('ExplainedEvent', ExplainedEventFields, 'The event behind a line of an explanation.');

/** The event behind a line of an explanation, from the row of the line (S54). */
export const ShownEvent = (): PropertyDecorator => ShownOne(explainedEvent, { description: 'The event behind it.', of: eventOfLine });

const eventOfLine = (line: Row): Row => ({
  id: line['event_id'],
  type: line['event_type'],
  stream: line['stream'],
  revision: line['event_revision'],
  position: line['position'],
  actor: { kind: line['actor_kind'], id: line['actor_id'] },
  recorded_at: line['recorded_at'],
  effective_at: line['effective_at'],
});

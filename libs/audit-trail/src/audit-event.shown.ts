import { ApiSchema } from '@nestjs/swagger';
import { lacking } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { Shown, ShownInstant, ShownInteger, ShownReference, ShownText, ShownUuid } from '#millwright/fields';
import { defineShownType, hiddenPaths, seenData } from '#millwright/resources';

const seenOf = ({ type, data }: Row): unknown => seenData(String(type), JSON.parse(String(data)));
const text = { always: true } as const;
const whoOrWhat = { type: 'object', properties: { kind: { type: 'string' }, id: { type: 'string' } } };

class AuditEventFields {
  @ShownText({ ...text, description: 'Where the event stands in the log; text, because it is an unsigned 64-bit number.', example: '4711' })
  position!: string;
  @ShownInteger({ always: true, description: 'Counts the events of the site without gap.' }) sequence!: number;
  @ShownUuid({ ...text, over: 'graphql', stored: false, description: 'The UUID of the event.' }) event_id!: string;
  @Shown({ type: 'string', format: 'uuid' }, ({ event_id }) => event_id) id!: string;
  @ShownText({ ...text, description: 'What it happened to, like part-52.', example: 'part-72' }) stream!: string;
  @ShownInteger({ always: true, description: 'Counts the events of the stream.' }) revision!: number;
  @ShownText({ ...text, description: 'What happened, like PartRestocked.', example: 'PartRestocked' }) type!: string;
  @ShownInstant({ always: true, description: 'When it was written into the log, UTC.' }) recorded_at!: string;
  @ShownText({ ...text, description: 'When it happened in the business: an instant or a plain date.' }) effective_at!: string;
  @ShownText({ over: 'graphql', always: true, description: 'Who did it: user, client, service_account, process_manager or system.' })
  actor_kind!: string;
  @ShownText({ over: 'graphql', always: true, description: 'Which of these it was.' }) actor_id!: string;
  @Shown(whoOrWhat, ({ actor_kind, actor_id }) => ({ kind: actor_kind, id: actor_id })) actor!: object;
  @ShownText({ over: 'graphql', description: 'What it was done with; null for process managers, the system and older events.' })
  credential_kind!: string | null;
  @ShownText({ over: 'graphql', description: 'Which key or token it was; null where there was none.' }) credential_id!: string | null;
  @Shown(
    {
      ...whoOrWhat,
      nullable: true,
      description: 'What it was done with; null for process managers, the system and events of earlier releases.',
    },
    ({ credential_kind, credential_id }) => (credential_kind === null ? null : { kind: credential_kind, id: credential_id }),
  )
  credential!: object | null;
  @ShownReference('part', { alone: true, description: 'The part that it is about.' }) part_id!: number | null;
  @ShownReference('work_order', { alone: true, description: 'The work order that it is about.' }) work_order_id!: number | null;
  @ShownText({ ...text, description: 'What all events have in common that one request led to.' }) correlation_id!: string;
  @ShownText({ ...text, description: 'The event or request that led to it directly.' }) causation_id!: string;
  @ShownText({ ...text, description: 'The request it was decided in, as in its `X-Request-Id` and in the log of the server.' })
  request_id!: string;
  @ShownText({
    ...text,
    over: 'graphql',
    stored: false,
    description: 'What the event says, as JSON text; null is what you may not see, said or not.',
    of: (event) => (lacking() ? JSON.stringify(seenOf(event)) : event['data']),
    hiddenWithin: (event) => hiddenPaths(seenOf(event)),
  })
  data!: string;
  @Shown(
    {
      type: 'object',
      additionalProperties: true,
      description: 'What the event says, as it was stored; null is what you may not see, said or not.',
    },
    seenOf,
    { as: 'data' },
  )
  said!: object;
}

export const auditEvent = defineShownType('AuditEvent', AuditEventFields, 'One event of the history: what happened, when, and who did it.');
ApiSchema({ name: 'AuditTrailRow' })(auditEvent.type);

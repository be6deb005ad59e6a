import { ID, Int } from '@nestjs/graphql';
import { connectionOf, DateTimeScalar, defineOutputType, listArgumentsOf, type OutputProperty } from '#millwright/resources';
import { auditTrailList } from './audit-trail-reader.js';

const text: OutputProperty = { type: () => String, nullable: false };

export const AuditEventType = defineOutputType(
  'AuditEvent',
  {
    position: { ...text, description: 'Where the event stands in the log.' },
    sequence: { type: () => Int, nullable: false, description: 'Counts the events of the site without gap.' },
    event_id: { type: () => ID, nullable: false, description: 'The UUID of the event.' },
    stream: { ...text, description: 'What it happened to, like part-52.' },
    revision: { type: () => Int, nullable: false, description: 'Counts the events of the stream.' },
    type: { ...text, description: 'What happened, like PartRestocked.' },
    recorded_at: { type: () => DateTimeScalar, nullable: false, description: 'When it was written into the log, UTC.' },
    effective_at: { ...text, description: 'When it happened in the business: an instant or a plain date.' },
    actor_kind: { ...text, description: 'Who did it: user, client, service_account, process_manager or system.' },
    actor_id: { ...text, description: 'Which of these it was.' },
    credential_kind: {
      type: () => String,
      nullable: true,
      description: 'What it was done with; null for process managers, the system and older events.',
    },
    credential_id: { type: () => String, nullable: true, description: 'Which key or token it was; null where there was none.' },
    part_id: { type: () => ID, nullable: true, description: 'The part that it is about.' },
    work_order_id: { type: () => ID, nullable: true, description: 'The work order that it is about.' },
    correlation_id: { ...text, description: 'What all events have in common that one request led to.' },
    causation_id: { ...text, description: 'The event or request that led to it directly.' },
    request_id: { ...text, description: 'The request it was decided in, as in its `X-Request-Id` and in the log of the server.' },
    data: { ...text, description: 'What the event says, as JSON text.' },
  },
  { description: 'One event of the history: what happened, when, and who did it.' },
);

export const AuditEventConnection = connectionOf('AuditEvent', () => AuditEventType);
export const AuditEventListArguments = listArgumentsOf('AuditEvent', auditTrailList);

import { ID, Int } from '@nestjs/graphql';
import { connectionOf, DateTimeScalar, defineOutputType, listArgumentsOf, type OutputProperty } from '#millwright/resources';
import { auditTrailList } from './audit-trail-reader.js';

const text: OutputProperty = { type: () => String, nullable: false };

export const AuditEventType = defineOutputType('AuditEvent', {
  position: { ...text, description: 'Where the event stands in the log.' },
  sequence: { type: () => Int, nullable: false, description: 'Counts the events of the site without gap.' },
  event_id: { type: () => ID, nullable: false },
  stream: text,
  revision: { type: () => Int, nullable: false },
  type: text,
  recorded_at: { type: () => DateTimeScalar, nullable: false },
  effective_at: text,
  actor_kind: text,
  actor_id: text,
  credential_kind: {
    type: () => String,
    nullable: true,
    description: 'What it was done with; null for process managers, the system and older events.',
  },
  credential_id: { type: () => String, nullable: true },
  part_id: { type: () => ID, nullable: true },
  work_order_id: { type: () => ID, nullable: true },
  correlation_id: text,
  causation_id: text,
  request_id: text,
  data: { ...text, description: 'What the event says, as JSON text.' },
});

export const AuditEventConnection = connectionOf('AuditEvent', () => AuditEventType);
export const AuditEventListArguments = listArgumentsOf('AuditEvent', auditTrailList);

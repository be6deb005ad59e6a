import { Injectable } from '@nestjs/common';
import type { Row } from '#millwright/event-sourcing';
import {
  Answer,
  listQueryOf,
  ListReader,
  parseListQuery,
  viewOf,
  type ListArguments,
  type ListDefinition,
  type ListPage,
  type RawQuery,
} from '#millwright/resources';
import { auditEventTable } from './read-models/audit-trail.js';

const stored = viewOf(auditEventTable);

/** GET /audit_trail, in log order. */
export const auditTrailList: ListDefinition = {
  view: {
    ...stored,
    columns: {
      ...stored.columns,
      actor: { type: 'text', sql: `actor_kind || ':' || actor_id` },
      // A plain date counts from its first moment on.
      effective_instant: {
        type: 'timestamptz',
        sql: `(effective_at || CASE WHEN effective_at ~ 'T' THEN '' ELSE 'T00:00:00Z' END)::timestamptz`,
      },
    },
  },
  attributes: {
    position: { type: 'decimal', neverNull: true },
    sequence: { type: 'integer', neverNull: true },
    stream: { type: 'text', neverNull: true },
    revision: { type: 'integer', neverNull: true },
    type: { type: 'text', neverNull: true },
    recorded_at: { type: 'instant', neverNull: true },
    effective_at: { type: 'instant', column: 'effective_instant', neverNull: true },
    actor: { type: 'text', description: 'Kind and id of who did it, like user:7.' },
    actor_kind: { type: 'text' },
    actor_id: { type: 'text' },
    credential_kind: { type: 'text' },
    credential_id: { type: 'text' },
    part_id: { type: 'id' },
    work_order_id: { type: 'id' },
    correlation_id: { type: 'text' },
    causation_id: { type: 'text' },
    request_id: { type: 'text' },
  },
  search: ['stream', 'type', 'data'],
  defaultSort: 'position asc',
  scope: 'entity',
  tieBreaker: 'position',
};

/** Reads the audit trail of the current site. */
@Injectable()
export class AuditTrailReader {
  constructor(private readonly lists: ListReader) {}

  async list(query: RawQuery): Promise<Answer> {
    const { rows, meta } = await this.lists.read(auditTrailList, parseListQuery(auditTrailList, query));
    return new Answer(rows.map(shown), { meta });
  }

  page(list: ListArguments): Promise<ListPage> {
    return this.lists.read(auditTrailList, listQueryOf(auditTrailList, list));
  }
}

/** Positions are unsigned 64-bit numbers, so they are printed as text. */
const shown = (row: Readonly<Row>): object => ({
  position: row['position'],
  sequence: row['sequence'],
  id: row['event_id'],
  stream: row['stream'],
  revision: row['revision'],
  type: row['type'],
  recorded_at: row['recorded_at'],
  effective_at: row['effective_at'],
  actor: { kind: row['actor_kind'], id: row['actor_id'] },
  credential: row['credential_kind'] === null ? null : { kind: row['credential_kind'], id: row['credential_id'] },
  part_id: row['part_id'],
  work_order_id: row['work_order_id'],
  correlation_id: row['correlation_id'],
  causation_id: row['causation_id'],
  request_id: row['request_id'],
  data: JSON.parse(String(row['data'])) as unknown,
});

import { Injectable } from '@nestjs/common';
import { allKnown } from '#millwright/event-sourcing';
import {
  listQueryOf,
  ListReader,
  parseListQuery,
  viewOf,
  type ListArguments,
  type ListDefinition,
  type ListPage,
  type RawQuery,
} from '#millwright/lists';
import { Answer, RelatedRecords } from '#millwright/resources';
import { auditEvent } from './audit-event.shown.js';
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
    ...auditEvent.attributes,
    position: { type: 'decimal', neverNull: true },
    effective_at: { type: 'instant', column: 'effective_instant', neverNull: true },
    actor: { type: 'text', description: 'Kind and id of who did it, like user:7.' },
  },
  search: ['stream', 'type', 'data'],
  searchSeenWith: { data: ['costs:read', 'rates:read'] },
  defaultSort: 'position asc',
  scope: 'entity',
  tieBreaker: 'position',
};

/** Reads the audit trail of the current site. */
@Injectable()
export class AuditTrailReader {
  constructor(
    private readonly lists: ListReader,
    private readonly related: RelatedRecords,
  ) {}

  async list(query: RawQuery): Promise<Answer> {
    const { rows, meta } = await this.lists.read(auditTrailList, parseListQuery(auditTrailList, query));
    return new Answer(await allKnown(rows.map((row) => auditEvent.print(row, this.related))), { meta });
  }

  page(list: ListArguments): Promise<ListPage> {
    return this.lists.read(auditTrailList, listQueryOf(auditTrailList, list));
  }
}

import { Injectable } from '@nestjs/common';
import { requireEverywhere } from '#millwright/access';
import { allKnown } from '#millwright/event-sourcing';
import { instantOfSql, invalid } from '#millwright/fields';
import {
  listQueryOf,
  ListReader,
  parseListQuery,
  viewOf,
  type ListArguments,
  type ListDefinition,
  type ListPage,
  type ListQuery,
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
      effective_instant: { type: 'timestamptz', sql: instantOfSql('effective_at') },
    },
  },
  attributes: {
    ...auditEvent.attributes,
    position: { type: 'decimal', neverNull: true },
    effective_at: { type: 'instant', column: 'effective_instant', neverNull: true },
    actor: { type: 'text', description: 'Kind and id of who did it, like user:7.' },
  },
  search: ['stream', 'type', 'data'],
  searchSeenWith: { data: ['costs:read', 'rates:read', 'people:read'] },
  defaultSort: 'position asc',
  scope: 'entity',
  tieBreaker: 'position',
};

/** What belongs to no site in particular counts here (`auditTrailProjection`). */
const noSite = 0;

/** The same of the customer itself: what is decided about roles, about credentials for several sites, and about the installation. */
const customerTrailList: ListDefinition = { ...auditTrailList, scope: 'customer' };

const ofCustomerNames = ['of_customer', 'ofCustomer'];

/** Reads the audit trail of the current site, and that of the customer. */
@Injectable()
export class AuditTrailReader {
  constructor(
    private readonly lists: ListReader,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection VALIDATION_FAILED; INSUFFICIENT_PERMISSIONS the customer's, without `audit:read` at every site */
  async list(query: RawQuery): Promise<Answer> {
    const list = Object.fromEntries(Object.entries(query).filter(([name]) => !ofCustomerNames.includes(name)));
    const { rows, meta } = await this.read(parseListQuery(auditTrailList, list), isOfCustomer(query));
    return new Answer(await allKnown(rows.map((row) => auditEvent.print(row, this.related))), { meta });
  }

  /** @throws Rejection as `list` */
  page(list: ListArguments, ofCustomer: boolean): Promise<ListPage> {
    return this.read(listQueryOf(auditTrailList, list), ofCustomer);
  }

  /** What concerns all sites tells of all of them. */
  private async read(query: ListQuery, ofCustomer: boolean): Promise<ListPage> {
    if (!ofCustomer) return this.lists.read(auditTrailList, query);
    await requireEverywhere(['audit:read']);
    return this.lists.read(customerTrailList, query, { where: { entity_id: noSite } });
  }
}

/** @throws Rejection VALIDATION_FAILED */
function isOfCustomer(query: RawQuery): boolean {
  const said = ofCustomerNames.flatMap((name) => query[name] ?? []);
  if (said.length === 0) return false;
  if (said.length > 1 || (said[0] !== 'true' && said[0] !== 'false'))
    throw invalid([{ field: 'of_customer', code: 'not_a_boolean', message: 'must be true or false' }]);
  return said[0] === 'true';
}

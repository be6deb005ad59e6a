import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, EntityManager, Raw, type FindOperator, type Repository } from 'typeorm';
import { mayReadAt } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { instantText } from '#millwright/fields';
import { PersonalTraces, type KnownPerson } from '#millwright/people';
import { PortalSubmission } from './portal-submission.entity.js';
import { workOrderRequests } from './request.resource.js';

type RequestRow = Readonly<{ request_id: string; entity_id: string; title: string; description: string | null; asked_at: Date }>;

/** What somebody has asked for, and the name and address that he gave at portals: these go with him, and the requests stay. */
@Injectable()
export class RequestTraces implements OnModuleInit {
  private readonly submissions: Repository<PortalSubmission>;

  constructor(
    private readonly traces: PersonalTraces,
    private readonly database: DataSource,
    entities: EntityManager,
  ) {
    this.submissions = entities.getRepository(PortalSubmission);
  }

  onModuleInit(): void {
    this.traces.register({
      find: { requests: ({ id }) => this.requestsOf(id), portal_submissions: (person) => this.submissionsOf(person) },
      // Answers show a submission as it was made, and no address of his own need be spelt like that one.
      names: {
        of: async (person) => {
          const found = await this.submittedBy(person);
          const emails = found.flatMap(({ email }) => email ?? []);
          return { texts: [...found.flatMap(({ name }) => name ?? []), ...emails], emails };
        },
        erase: async ({ emails }) => {
          if (emails.length > 0) await this.submissions.update({ email: alike(emails) }, { name: null, email: null });
        },
      },
    });
  }

  private async requestsOf(userId: number): Promise<Row[]> {
    const rows = await this.database.query<RequestRow[]>(
      `SELECT id AS request_id, entity_id, title, description, created_at AS asked_at FROM read.work_order_requests
       WHERE created_by_id = $1 ORDER BY id`,
      [userId],
    );
    const seen = rows.filter(({ entity_id }) => mayReadAt(Number(entity_id), workOrderRequests.scopes.reads));
    return seen.map(({ request_id, entity_id, asked_at, ...said }) => ({
      ...said,
      request_id: Number(request_id),
      entity_id: Number(entity_id),
      asked_at: instantText(asked_at.toISOString()),
    }));
  }

  /** Their sites are those of the requests that they came with. */
  private async submissionsOf(person: KnownPerson): Promise<Row[]> {
    const found = await this.submittedBy(person);
    if (found.length === 0) return [];
    const sites = await this.database.query<{ id: string; entity_id: string }[]>(
      'SELECT id, entity_id FROM read.work_order_requests WHERE id = ANY($1::bigint[])',
      [found.map(({ requestId }) => requestId)],
    );
    const shown = new Set(
      sites.filter(({ entity_id }) => mayReadAt(Number(entity_id), workOrderRequests.scopes.reads)).map(({ id }) => Number(id)),
    );
    return found
      .filter(({ requestId }) => shown.has(requestId))
      .map(({ requestId, name, email }) => ({ request_id: requestId, name, email }));
  }

  private async submittedBy({ emails }: KnownPerson): Promise<PortalSubmission[]> {
    return emails.length === 0 ? [] : this.submissions.find({ where: { email: alike(emails) }, order: { requestId: 'ASC' } });
  }
}

/** Addresses are the same one whatever their case, and whatever blanks stand around them. */
const alike = (emails: readonly string[]): FindOperator<string> =>
  Raw((column) => `lower(trim(${column})) = ANY(SELECT lower(trim(said)) FROM unnest(CAST(:emails AS text[])) said)`, {
    emails,
  }) as FindOperator<string>;

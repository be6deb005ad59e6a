import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager, type Repository } from 'typeorm';
import { alike, builtInUserId, commandContextOf, EntityDirectory, type RequestScope } from '#millwright/access';
import { publicCommentsOf } from '#millwright/comments';
import { appendedNothing, EventStore, ProjectionEngine, Rejection, runInContext } from '#millwright/event-sourcing';
import { instantText } from '#millwright/fields';
import type { RecordValues } from '#millwright/resources';
import { workOrderRequest } from './domain/request.js';
import type { PortalAnswer, PortalRequestInput, TrackedRequest, TrackingAnswer } from './portal.fields.js';
import { PortalLimit } from './portal-limit.js';
import { PortalSubmission } from './portal-submission.entity.js';
import { requestPortals } from './portals.js';
import { requestPriorities } from './request.choices.js';
import { RequestWriter } from './request-writer.js';

/** How long is waited for what was written a moment ago, in milliseconds. */
const longestWaitMs = 1_000;
const tokenBytes = 24;

/** The same for a portal and for a request that are not there as for a path that nobody knows: there is nothing to be found out here. */
const nothingHere = (): Rejection => new Rejection('NOT_FOUND', 'there is nothing at this path');

/** A portal that is there for everybody, and what is written on its behalf is written in. */
type OpenPortal = Readonly<{ id: number; values: RecordValues; scope: RequestScope }>;

/** Who asks, as far as a request tells. */
export type Caller = Readonly<{ requestId: string; address: string }>;

/** What people without an account do. */
@Injectable()
export class Portal {
  private readonly submissions: Repository<PortalSubmission>;

  constructor(
    private readonly database: DataSource,
    private readonly events: EventStore,
    private readonly projections: ProjectionEngine,
    private readonly sites: EntityDirectory,
    private readonly requests: RequestWriter,
    private readonly limit: PortalLimit,
    entities: EntityManager,
  ) {
    this.submissions = entities.getRepository(PortalSubmission);
  }

  /** @throws Rejection NOT_FOUND also for one that is archived or not active */
  async requireOpen(uuid: string, caller: Pick<Caller, 'requestId'>): Promise<void> {
    await this.open(uuid, caller);
  }

  /** @throws Rejection as `requireOpen` */
  async show(uuid: string, caller: Caller): Promise<PortalAnswer> {
    const { values } = await this.open(uuid, caller);
    return {
      title: String(values['title']),
      description: (values['description'] ?? null) as string | null,
      choices: { priorities: requestPriorities.words },
    };
  }

  /**
   * Asks for work. Who asks and what finds the request again are kept before the event, which knows nothing of them.
   * @throws Rejection NOT_FOUND, RATE_LIMIT_EXCEEDED (with `retry_after_seconds`) ten of this address were accepted within the last minute
   */
  async submit(uuid: string, said: PortalRequestInput, caller: Caller): Promise<TrackingAnswer> {
    const portal = await this.open(uuid, caller);
    const place = await this.limit.take(caller.address);
    if ('retryAfterSeconds' in place) {
      const { retryAfterSeconds } = place;
      throw new Rejection('RATE_LIMIT_EXCEEDED', `Too many requests from here; the next one is taken in ${retryAfterSeconds} s.`, [], {
        retry_after_seconds: retryAfterSeconds,
      });
    }
    try {
      return await this.register(portal, said);
    } catch (failure) {
      if (appendedNothing(failure)) await this.limit.giveBack(place.visit);
      throw failure;
    }
  }

  private async register({ id: portal_id, values, scope }: OpenPortal, said: PortalRequestInput): Promise<TrackingAnswer> {
    const token = randomBytes(tokenBytes).toString('base64url');
    const { name = null, email = null, title, description, priority } = said;
    const { asset_id, location_id, categories_ids } = values as Readonly<Record<string, never>>;
    const fields = { title, description, priority, asset_id, location_id, categories_ids };
    const keep = async (requestId: number): Promise<void> =>
      void (await this.submissions.insert({ tokenHash: hashOf(token), requestId, portalId: portal_id, name, email }));
    const context = { ...commandContextOf(scope), actor: { kind: 'system', id: 'portal' }, credential: undefined } as const;
    try {
      const { position } = await runInContext(context, () => this.requests.submit(fields, portal_id, keep));
      await this.projections.reaches(position, longestWaitMs);
    } catch (failure) {
      if (appendedNothing(failure)) await this.submissions.delete({ tokenHash: hashOf(token) });
      throw failure;
    }
    return { tracking_token: token };
  }

  /** @throws Rejection NOT_FOUND also for a token of another portal */
  async track(uuid: string, token: string, caller: Caller): Promise<TrackedRequest> {
    const { id: portalId } = await this.open(uuid, caller);
    const submission = await this.submissions.findOneBy({ tokenHash: hashOf(token), portalId });
    if (!submission) throw nothingHere();
    const { requestId } = submission;
    const { history, details, status, completedAt } = (await this.events.load(workOrderRequest, requestId)).state;
    if (!history) throw nothingHere();
    return {
      title: String(details['title']),
      status,
      created_at: instantText(history.created.at),
      updated_at: instantText(history.updated.at),
      completed_at: completedAt === null ? null : instantText(completedAt),
      comments: await publicCommentsOf(this.database, 'work_order_request', requestId),
    };
  }

  /** How whoever asked through a portal is reached, as far as he has said it and it was not erased. */
  async contactOf(requestId: number): Promise<Readonly<{ name: string | null; email: string | null }> | undefined> {
    return (await this.submissions.findOneBy({ requestId })) ?? undefined;
  }

  /** A portal as the log has it: one that was just closed is closed. @throws Rejection NOT_FOUND */
  private async open(uuid: string, { requestId }: Pick<Caller, 'requestId'>): Promise<OpenPortal> {
    const id = await this.idOf(uuid);
    if (id === undefined) throw nothingHere();
    const { history, archived, values } = (await this.events.load(requestPortals.stream, id)).state;
    const isOpen = !archived && values['is_active'] !== false;
    if (!history || history.entityId === null || !isOpen) throw nothingHere();
    const { customerId, entityId } = history;
    const [site, customer] = await Promise.all([this.sites.find(customerId, entityId), this.sites.customer(customerId)]);
    if (!site || site.archived) throw nothingHere();
    const principal = { credential: { kind: 'client', id: 'portal' }, customerId, userId: builtInUserId, rights: alike(nothing) } as const;
    return { id, values, scope: { requestId, principal, held: nothing, customer, entity: site.entity } };
  }

  /** One that was made a moment ago is waited for. */
  private async idOf(uuid: string): Promise<number | undefined> {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) return undefined;
    const find = async (): Promise<number | undefined> => {
      const [row] = await this.database.query<{ id: string }[]>('SELECT id FROM read.request_portals WHERE uuid = $1', [uuid]);
      return row && Number(row.id);
    };
    const known = await find();
    if (known !== undefined) return known;
    await this.projections.reaches(await this.events.head(), longestWaitMs);
    return find();
  }
}

/** What anybody may do who only has the link. */
const nothing: ReadonlySet<string> = new Set();

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer');

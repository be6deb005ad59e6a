import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { access, accessId, KnownAccess, suspendAccess } from '#millwright/access';
import { currentContext, EventStore, requireExpected, runInContext, streamName } from '#millwright/event-sourcing';
import { settle } from './suspended-users.js';
import { UserTurns } from './user-turns.js';
import { users } from './users.js';

/** Has what somebody was granted end, and hold again, with the person himself. */
@Injectable()
export class UserSuspensions {
  private readonly turns: UserTurns;

  constructor(
    private readonly events: EventStore,
    private readonly access: KnownAccess,
    pool: Pool,
  ) {
    this.turns = new UserTurns(pool);
  }

  /** Does what archives, brings back or erases a person while nothing else does. */
  inTurn<T>(userId: number, work: () => Promise<T>): Promise<T> {
    return this.turns.take(userId, work);
  }

  /**
   * Lets nothing hold that a person was granted, then does `work`, in turn; where nothing came of that, it holds again. First, so that of two
   * administrators who put each other away one stays.
   * @param revision that If-Match is about
   * @throws Rejection PRECONDITION_FAILED, INSUFFICIENT_PERMISSIONS (S2), LAST_ADMINISTRATOR, and what `work` throws
   */
  async suspending<T>(userId: number, revision: number, work: () => Promise<T>): Promise<T> {
    // An earlier try of the same request has come further than that, and may have changed the record itself.
    if (!this.hasSuspended()) requireExpected(revision);
    await this.access.decide((known, by, world) => suspendAccess(known, by, userId, world));
    await this.suspendAnew(userId);
    const settled = (): Promise<void> => settle(this.events, userId, { ...currentContext(), expectedRevisions: undefined });
    try {
      const done = await work();
      // Between two tries of one request `suspendedUsers` may have let it hold again.
      if (!this.events.recent(access, accessId)?.suspended.has(userId)) await settled();
      return done;
    } catch (failure) {
      // Where that is not possible either, `suspendedUsers` does it.
      await settled().catch(() => undefined);
      throw failure;
    }
  }

  /**
   * What an earlier try suspended holds again since it failed, and a repeat finds only that it had been suspended: whether somebody else stays
   * administrator is asked of how things stand by now. Where the earlier try did all of it, and somebody brought the person back, nothing is done again.
   * @throws Rejection INSUFFICIENT_PERMISSIONS (S2), LAST_ADMINISTRATOR
   */
  private async suspendAnew(userId: number): Promise<void> {
    if (!this.hasSuspended() || (await this.wasDone(userId))) return;
    // An event of its own: with the ids of this request that of the earlier try would be found once more.
    await runInContext({ ...currentContext(), idempotency: undefined }, () =>
      this.access.decide((known, by, world) => (known.suspended.has(userId) ? [] : suspendAccess(known, by, userId, world))),
    );
  }

  /** Whether an earlier try of this request has changed the person's record: by its second event, after that which suspended him. */
  private async wasDone(userId: number): Promise<boolean> {
    const { idempotency } = currentContext();
    if (idempotency?.earlierTry?.streams[streamName(users.stream.category, userId)] === undefined) return false;
    return this.events.hasAppended(users.stream, userId, idempotency.eventId(1), 0n);
  }

  /** Whether an earlier try of this request let nothing hold any more, so that all of it is to be gone through again: its events are counted. */
  hasSuspended(): boolean {
    return currentContext().idempotency?.earlierTry?.streams[streamName(access.category, accessId)] !== undefined;
  }
}

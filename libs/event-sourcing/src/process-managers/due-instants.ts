import type pg from 'pg';
import { failureOf } from '../postgres/connection.js';
import { sharedStatements } from '../postgres/shared-statements.js';
import { errorOf } from '../retry.js';
import type { Due, Origin } from './timer.js';

export type DueInstant = Readonly<{ id: number; dueAt: Date; origin: Origin }>;

type Noted = Due & Readonly<{ id: number; origin: Origin }>;
type Decided = Due & Readonly<{ id: number; decidedAt: Date }>;
type Change = Readonly<{ noted: Noted } | { decided: Decided }>;

/** When something is due next, by timer and stream: rows of `app.timers`, so that no stream is read only to find out. */
export class DueInstants {
  /** What comes while a statement is under way goes together: of 10,000 schedules that are due at once each has two changes, and each a flush to disk. */
  private readonly changes = sharedStatements((changes: readonly Change[]) => this.write(changes));

  constructor(
    private readonly timer: string,
    private readonly pool: Pick<pg.Pool, 'query'>,
  ) {}

  /** Notes what a stream says; one that never was due has no row. A worker that comes late with an older revision changes nothing. */
  async note(id: number, due: Due, origin: Origin): Promise<void> {
    await this.changes.load({ noted: { id, origin, ...due } });
  }

  /** Notes that an instant was decided, and what is due next. */
  async decided(id: number, decidedAt: Date, due: Due): Promise<void> {
    await this.changes.load({ decided: { id, decidedAt, ...due } });
  }

  /** What was due by an instant, the earliest first, but for streams that are being worked on. */
  async dueBy(now: Date, except: readonly number[], limit: number): Promise<DueInstant[]> {
    const { rows } = await this.pool.query<{ stream_id: string; due_at: Date; origin: Origin }>({
      name: 'due instants',
      text: `select stream_id, due_at, origin from app.timers
        where timer = $1 and due_at <= $2 and not (stream_id = any($3::bigint[])) order by due_at, stream_id limit $4`,
      values: [this.timer, now, except, limit],
    });
    return rows.map(({ stream_id, due_at, origin }) => ({ id: Number(stream_id), dueAt: due_at, origin }));
  }

  /** The next instant at which something is due. */
  async next(after: Date): Promise<Date | undefined> {
    const { rows } = await this.pool.query<{ due_at: Date }>({
      name: 'next due instant',
      text: 'select due_at from app.timers where timer = $1 and due_at > $2 order by due_at limit 1',
      values: [this.timer, after],
    });
    return rows[0]?.due_at;
  }

  /** Answers each with nothing, or with what the database has against it: only the culprit is to fail. */
  private async write(changes: readonly Change[]): Promise<readonly (Error | undefined)[]> {
    try {
      await this.writeTogether(changes);
      return changes.map(() => undefined);
    } catch (error) {
      if (changes.length === 1 || failureOf(error) !== 'refused') throw error;
      return Promise.all(changes.map((change) => this.writeTogether([change]).then(() => undefined, errorOf)));
    }
  }

  /** One statement after the other, so that no two of them lock the same rows in orders of their own. */
  private async writeTogether(changes: readonly Change[]): Promise<void> {
    await this.writeDecided(changes.flatMap((change) => ('decided' in change ? [change.decided] : [])));
    const noted = changes.flatMap((change) => ('noted' in change ? [change.noted] : []));
    await this.writeNoted(noted.filter(({ due }) => due !== undefined));
    await this.clear(noted.filter(({ due }) => due === undefined));
  }

  private async writeDecided(decided: readonly Decided[]): Promise<void> {
    if (decided.length === 0) return;
    await this.pool.query({
      name: 'note a decided instant',
      text: `update app.timers as known set decided_at = decided.decided_at, revision = greatest(known.revision, decided.revision),
          due_at = nullif(case when known.revision <= decided.revision then decided.due_at else known.due_at end, decided.decided_at)
        from unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::bigint[]) as decided (stream_id, decided_at, due_at, revision)
        where known.timer = $1 and known.stream_id = decided.stream_id`,
      values: [
        this.timer,
        decided.map(({ id }) => id),
        decided.map(({ decidedAt }) => decidedAt),
        decided.map(({ due }) => due ?? null),
        decided.map(({ revision }) => revision),
      ],
    });
  }

  private async writeNoted(noted: readonly Noted[]): Promise<void> {
    if (noted.length === 0) return;
    await this.pool.query({
      name: 'note a due instant',
      // Of two of one stream the newer one: a statement changes a row once.
      text: `insert into app.timers as known (timer, stream_id, due_at, revision, origin)
        select distinct on (stream_id) $1, stream_id, due_at, revision, origin::jsonb
        from unnest($2::bigint[], $3::timestamptz[], $4::bigint[], $5::text[]) as noted (stream_id, due_at, revision, origin)
        order by stream_id, revision desc
        on conflict (timer, stream_id) do update set
          due_at = nullif(excluded.due_at, known.decided_at), revision = excluded.revision, origin = excluded.origin
        where known.revision <= excluded.revision`,
      values: [
        this.timer,
        noted.map(({ id }) => id),
        noted.map(({ due }) => due),
        noted.map(({ revision }) => revision),
        noted.map(({ origin }) => JSON.stringify(origin)),
      ],
    });
  }

  private async clear(cleared: readonly Noted[]): Promise<void> {
    if (cleared.length === 0) return;
    await this.pool.query({
      name: 'clear a due instant',
      text: `update app.timers as known set due_at = null, revision = cleared.revision
        from (select stream_id, max(revision) as revision from unnest($2::bigint[], $3::bigint[]) as given (stream_id, revision) group by 1) as cleared
        where known.timer = $1 and known.stream_id = cleared.stream_id and known.revision <= cleared.revision`,
      values: [this.timer, cleared.map(({ id }) => id), cleared.map(({ revision }) => revision)],
    });
  }
}

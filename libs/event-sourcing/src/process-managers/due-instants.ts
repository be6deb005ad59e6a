import type pg from 'pg';
import type { Due, Origin } from './timer.js';

export type DueInstant = Readonly<{ id: number; dueAt: Date; origin: Origin }>;

/** When something is due next, by timer and stream: rows of `app.timers`, so that no stream is read only to find out. */
export class DueInstants {
  constructor(
    private readonly timer: string,
    private readonly pool: Pick<pg.Pool, 'query'>,
  ) {}

  /** Notes what a stream says; one that never was due has no row. A worker that comes late with an older revision changes nothing. */
  async note(id: number, { due, revision }: Due, origin: Origin): Promise<void> {
    if (!due) return this.clear(id, revision);
    await this.pool.query({
      name: 'note a due instant',
      text: `insert into app.timers as known (timer, stream_id, due_at, revision, origin) values ($1, $2, $3, $4, $5)
        on conflict (timer, stream_id) do update set
          due_at = nullif(excluded.due_at, known.decided_at), revision = excluded.revision, origin = excluded.origin
        where known.revision <= excluded.revision`,
      values: [this.timer, id, due, revision, JSON.stringify(origin)],
    });
  }

  /** Notes that an instant was decided, and what is due next. */
  async decided(id: number, dueAt: Date, { due, revision }: Due): Promise<void> {
    await this.pool.query({
      name: 'note a decided instant',
      text: `update app.timers set decided_at = $3, revision = greatest(revision, $5),
          due_at = nullif(case when revision <= $5 then $4::timestamptz else due_at end, $3)
        where timer = $1 and stream_id = $2`,
      values: [this.timer, id, dueAt, due ?? null, revision],
    });
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

  private async clear(id: number, revision: number): Promise<void> {
    await this.pool.query({
      name: 'clear a due instant',
      text: 'update app.timers set due_at = null, revision = $3 where timer = $1 and stream_id = $2 and revision <= $3',
      values: [this.timer, id, revision],
    });
  }
}

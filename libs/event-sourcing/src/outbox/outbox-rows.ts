import type pg from 'pg';
import { alarmAfterTries, type StuckWork } from '../process-managers/process-manager.js';
import type { Message } from './outbox.js';

/** A message that waits, as the first of its receiver. */
export type Waiting = Readonly<{ message: Message; tries: number; putAt: Date }>;

type Row = Readonly<{ id: string; channel: string; receiver: string; message: Message['content']; tries: number; put_at: Date }>;

const dayMs = 86_400_000;
/** How long rows are kept after that, in milliseconds: a message that comes again meanwhile is known. */
const kept = { delivered: 30 * dayMs, givenUp: 90 * dayMs };
const shownAtMost = 100;

/** The rows of `app.outbox`, for the worker that delivers them. */
export class OutboxRows {
  constructor(private readonly pool: Pick<pg.Pool, 'query'>) {}

  /**
   * The first open message of each receiver that may be tried now, but for receivers that are busy; those that never failed come first.
   * One that is to be tried later than any backoff says was put off by a clock that was set back since.
   */
  async due(now: Date, busy: readonly string[], channels: readonly string[], longestBackoffMs: number, limit: number): Promise<Waiting[]> {
    const { rows } = await this.pool.query<Row>(
      `select id, channel, receiver, message, tries, put_at from (
         select distinct on (channel, receiver) id, number, channel, receiver, message, tries, put_at, next_try_at from app.outbox
         where delivered_at is null and given_up_at is null and channel = any($3) order by channel, receiver, number
       ) as first
       where (next_try_at <= $1 or next_try_at > $4) and not (channel || ' ' || receiver = any($2))
       order by tries > 0, next_try_at, number limit $5`,
      [now, busy, channels, new Date(now.getTime() + longestBackoffMs), limit],
    );
    return rows.map(({ id, channel, receiver, message, tries, put_at }) => ({
      message: { id, channel, receiver, content: message },
      tries,
      putAt: put_at,
    }));
  }

  async delivered({ id }: Message, now: Date): Promise<void> {
    await this.pool.query('update app.outbox set delivered_at = $2, tries = tries + 1 where id = $1', [id, now]);
  }

  async failed({ id }: Message, error: string, nextTry: Date): Promise<void> {
    await this.pool.query('update app.outbox set tries = tries + 1, last_error = $2, next_try_at = $3 where id = $1', [id, error, nextTry]);
  }

  async givenUp({ id }: Message, error: string, now: Date): Promise<void> {
    await this.pool.query('update app.outbox set tries = tries + 1, last_error = $2, given_up_at = $3 where id = $1', [id, error, now]);
  }

  /** What does not get through and what was given up, without saying who was to receive it. */
  async stuck(): Promise<StuckWork[]> {
    const { rows } = await this.pool.query<{ id: string; channel: string; tries: number; last_error: string }>(
      `(select id, channel, tries, last_error from app.outbox where delivered_at is null and given_up_at is null and tries >= $1 limit $2)
       union all (select id, channel, tries, last_error from app.outbox where given_up_at is not null order by given_up_at desc limit $2)`,
      [alarmAfterTries, shownAtMost],
    );
    return rows.map(({ id, channel, tries, last_error }) => ({ stream: `${channel} ${id}`, tries, error: last_error }));
  }

  async clean(now: Date): Promise<void> {
    const before = (milliseconds: number): Date => new Date(now.getTime() - milliseconds);
    await this.pool.query('delete from app.outbox where delivered_at < $1 or given_up_at < $2', [
      before(kept.delivered),
      before(kept.givenUp),
    ]);
  }
}

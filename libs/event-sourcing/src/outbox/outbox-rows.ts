import { IsNull, LessThan, MoreThanOrEqual, Not, type EntityManager, type Repository } from 'typeorm';
import { alarmAfterTries, type StuckWork } from '../process-managers/process-manager.js';
import { OutboxMessage } from './outbox-message.entity.js';
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
  private readonly messages: Repository<OutboxMessage>;

  constructor(private readonly entities: EntityManager) {
    this.messages = entities.getRepository(OutboxMessage);
  }

  /**
   * The first open message of each receiver that may be tried now, but for receivers that are busy; those that never failed come first.
   * One that is to be tried later than any backoff says was put off by a clock that was set back since.
   * The first row of each receiver is nothing that a repository can ask for.
   */
  async due(now: Date, busy: readonly string[], channels: readonly string[], longestBackoffMs: number, limit: number): Promise<Waiting[]> {
    const rows = await this.entities.query<Row[]>(
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
    await this.messages.update({ id }, { deliveredAt: now, tries: onceMore });
  }

  async failed({ id }: Message, error: string, nextTry: Date): Promise<void> {
    await this.messages.update({ id }, { lastError: error, nextTryAt: nextTry, tries: onceMore });
  }

  async givenUp({ id }: Message, error: string, now: Date): Promise<void> {
    await this.messages.update({ id }, { lastError: error, givenUpAt: now, tries: onceMore });
  }

  /** What does not get through and what was given up, without saying who was to receive it. */
  async stuck(): Promise<StuckWork[]> {
    const select = { id: true, channel: true, tries: true, lastError: true };
    const failing = { deliveredAt: IsNull(), givenUpAt: IsNull(), tries: MoreThanOrEqual(alarmAfterTries) };
    const [waiting, givenUp] = await Promise.all([
      this.messages.find({ select, where: failing, take: shownAtMost }),
      this.messages.find({ select, where: { givenUpAt: Not(IsNull()) }, order: { givenUpAt: 'DESC' }, take: shownAtMost }),
    ]);
    return [...waiting, ...givenUp].map(({ id, channel, tries, lastError }) => ({
      stream: `${channel} ${id}`,
      tries,
      error: lastError ?? '',
    }));
  }

  async clean(now: Date): Promise<void> {
    const before = (milliseconds: number) => LessThan(new Date(now.getTime() - milliseconds));
    await this.messages.delete([{ deliveredAt: before(kept.delivered) }, { givenUpAt: before(kept.givenUp) }]);
  }
}

const onceMore = (): string => 'tries + 1';

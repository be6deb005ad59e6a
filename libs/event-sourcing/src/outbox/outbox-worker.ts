import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import type { Alongside, ProcessManager, StuckWork } from '../process-managers/process-manager.js';
import type { EngineLogger } from '../projections/engine-logger.js';
import { messageOf, pause } from '../retry.js';
import { OutboxRows, type Waiting } from './outbox-rows.js';
import type { Bottleneck, Channel, OutboxChannels } from './outbox.js';

/** How patient the worker of the outbox is, in milliseconds. */
export type OutboxPatience = Readonly<{
  /** For one try. */
  tryMs: number;
  /** From the first failed try to the second; it doubles from there. */
  firstBackoffMs: number;
  longestBackoffMs: number;
  /** From when a message was put until it is given up. */
  giveUpAfterMs: number;
}>;

const usualPatience: OutboxPatience = {
  tryMs: 30_000,
  firstBackoffMs: 2_000,
  longestBackoffMs: 3_600_000,
  giveUpAfterMs: 3 * 86_400_000,
};

/** How often the rows are looked at, and those that are done with taken away, in milliseconds. */
const every = { look: 500, clean: 3_600_000 };
/** Receivers tried at once; those that failed before have only a part of it, so that the dead ones leave room. */
const limits = { atOnce: 256, failedBefore: 128 };

/** Channels that are asked for messages together, and what these go through. */
type Lane = Readonly<{ channels: readonly string[]; through?: Bottleneck }>;

type UnderWay = Readonly<{ failedBefore: boolean; through: Bottleneck | undefined; done: Promise<void> }>;

/** Delivers what is put into the outbox: receivers side by side, what one receiver gets in order. */
class Delivery implements Alongside {
  private readonly underWay = new Map<string, UnderWay>();
  private troubled: readonly StuckWork[] = [];
  private cleanedAt = -Infinity;
  private ended: () => void = () => undefined;

  constructor(
    private readonly channels: ReadonlyMap<string, Channel>,
    private readonly rows: OutboxRows,
    private readonly clock: Clock,
    private readonly patience: OutboxPatience,
  ) {}

  async turn(signal: AbortSignal, logger: EngineLogger): Promise<void> {
    const now = this.clock.now();
    const somethingEnds = new Promise<void>((resolve) => (this.ended = resolve));
    for (const lane of this.lanes()) await this.begin(lane, now, signal, logger);
    this.troubled = await this.rows.stuck();
    if (performance.now() - this.cleanedAt > every.clean) {
      await this.rows.clean(now);
      this.cleanedAt = performance.now();
    }
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    await Promise.race([pause(every.look, either), ...(this.underWay.size > 0 ? [somethingEnds] : [])]);
    over.abort();
  }

  async settled(): Promise<void> {
    await Promise.all([...this.underWay.values()].map(({ done }) => done));
  }

  stuck(): readonly StuckWork[] {
    return this.troubled;
  }

  /** What goes through a bottleneck is asked for channel by channel, the urgent ones first, so that it stands in nobody else's place meanwhile. */
  private lanes(): Lane[] {
    const channels = [...this.channels.values()].sort((one, other) => Number(other.urgent ?? false) - Number(one.urgent ?? false));
    const names = (some: readonly Channel[]): string[] => some.map(({ name }) => name);
    const narrow = channels.flatMap(({ name, through }) => (through ? [{ channels: [name], through }] : []));
    return [...narrow, { channels: names(channels.filter(({ through }) => !through)) }];
  }

  private async begin({ channels, through }: Lane, now: Date, signal: AbortSignal, logger: EngineLogger): Promise<void> {
    const works = [...this.underWay.values()];
    const room = through ? through.atOnce - works.filter((work) => work.through === through).length : limits.atOnce;
    const free = Math.min(room, limits.atOnce - works.length);
    if (free <= 0 || channels.length === 0) return;
    let failedBefore = works.filter((work) => work.failedBefore).length;
    const due = await this.rows.due(now, [...this.underWay.keys()], channels, this.patience.longestBackoffMs, free);
    for (const waiting of due) {
      if (signal.aborted) break;
      if (waiting.tries > 0 && (failedBefore += 1) > limits.failedBefore) break;
      const receiver = `${waiting.message.channel} ${waiting.message.receiver}`;
      const done = this.try(waiting, signal, logger)
        .catch((error: unknown) =>
          logger.error({ err: error, message: waiting.message.id }, 'what became of a message is not noted: it is tried again'),
        )
        .finally(() => {
          this.underWay.delete(receiver);
          this.ended();
        });
      this.underWay.set(receiver, { failedBefore: waiting.tries > 0, through, done });
    }
  }

  private async try({ message, tries, putAt }: Waiting, signal: AbortSignal, logger: EngineLogger): Promise<void> {
    try {
      await this.inTime((ending) => this.channels.get(message.channel)?.deliver(message, ending), signal);
    } catch (error) {
      // The next worker tries it again; that this one stops is not the receiver's fault.
      if (signal.aborted) return;
      const now = this.clock.now();
      const { firstBackoffMs, longestBackoffMs, giveUpAfterMs } = this.patience;
      const backoffMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** tries);
      const givenUp = now.getTime() - putAt.getTime() >= giveUpAfterMs;
      // Without the receiver, who may be a person.
      const facts = { err: error, channel: message.channel, message: message.id, tries: tries + 1 };
      logger[givenUp ? 'error' : 'warn'](facts, givenUp ? 'a message is given up' : 'a message was not delivered and is tried again');
      if (givenUp) await this.rows.givenUp(message, messageOf(error), now);
      else await this.rows.failed(message, messageOf(error), new Date(now.getTime() + backoffMs));
      return;
    }
    await this.rows.delivered(message, this.clock.now());
  }

  /** A receiver that hangs is left alone when its time is over, whether it heeds the signal or not. */
  private async inTime(deliver: (signal: AbortSignal) => Promise<void> | undefined, stopping: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([stopping, over.signal]);
    const timer = setTimeout(() => over.abort(), this.patience.tryMs);
    try {
      const ended = new Promise<never>((_, reject) => {
        either.addEventListener('abort', () => reject(new Error(`no answer within ${this.patience.tryMs} ms`)));
      });
      // A rejection of the one that loses the race is heard by it.
      await Promise.race([ended, (async () => deliver(either))()]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The worker of the outbox, as the engine works it. */
export function processManagerOfOutbox(
  channels: OutboxChannels,
  { entities, clock, patience = usualPatience }: Readonly<{ entities: EntityManager; clock: Clock; patience?: OutboxPatience }>,
): ProcessManager {
  return {
    name: 'outbox',
    // No stream is called so: it is set off by rows, and by no event.
    categories: ['outbox'],
    startsAt: 'head',
    handle: () => Promise.resolve(),
    alongside: new Delivery(channels.byName, new OutboxRows(entities), clock, patience),
  };
}

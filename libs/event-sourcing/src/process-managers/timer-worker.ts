import type pg from 'pg';
import type { Precedence } from '../precedence.js';
import type { EngineLogger } from '../projections/engine-logger.js';
import { Backoff, messageOf, pause } from '../retry.js';
import { idOf, streamName } from '../stream-name.js';
import { DueInstants, type DueInstant } from './due-instants.js';
import { alarmAfterTries, type Alongside, type ProcessManager, type StuckWork } from './process-manager.js';
import { RaisingPace } from './raising-pace.js';
import { originOf, type Timer, type TimerWorld } from './timer.js';

/** How often the rows are looked at, in milliseconds: due instants are noted by whichever process follows the log. */
const lookEveryMs = 500;
const readAtOnce = 500;

/** Raises what is due: streams side by side, one stream's instants in order, the earliest first. */
class DueWork implements Alongside {
  private readonly underWay = new Map<number, { tries: number; error: string }>();
  private running = 0;
  private noting = 0;
  private hasSeenAll = true;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly timer: Timer,
    private readonly world: TimerWorld,
    private readonly instants: DueInstants,
    private readonly pace: RaisingPace,
  ) {}

  async turn(signal: AbortSignal, logger: EngineLogger): Promise<void> {
    const now = this.world.clock.now();
    const due = await this.instants.dueBy(now, [...this.underWay.keys()], readAtOnce);
    if (due.length > 0 && this.hasSeenAll) this.pace.start();
    this.hasSeenAll = due.length < readAtOnce;
    for (const instant of due) {
      while (!this.pace.allows(this.running) && !signal.aborted) await this.pace.change(this.change());
      if (signal.aborted) return;
      this.begin(instant, signal, logger);
    }
    if (due.length === readAtOnce) return;
    if (due.length > 0) await this.settledOrStuck(signal);
    else await this.idle(now, signal);
  }

  async settled(): Promise<void> {
    while (this.underWay.size > 0) await this.change();
  }

  stuck(): StuckWork[] {
    return [...this.underWay]
      .filter(([, { tries }]) => tries >= alarmAfterTries)
      .map(([id, failing]) => ({ stream: streamName(this.timer.category, id), ...failing }));
  }

  private begin({ id, dueAt, origin }: DueInstant, signal: AbortSignal, logger: EngineLogger): void {
    const work = { tries: 0, error: '' };
    this.underWay.set(id, work);
    const backoff = new Backoff(20, 5_000);
    const perform = async (): Promise<void> => {
      for (;;) {
        while (!this.pace.allows(this.running) && !signal.aborted) await this.pace.change(this.change());
        if (signal.aborted) return;
        try {
          const { note } = await this.inTurn({ id, dueAt, origin });
          await this.noted(id, note);
          return;
        } catch (error) {
          work.tries += 1;
          work.error = messageOf(error);
          if (work.tries >= alarmAfterTries)
            logger.error(
              { err: error, timer: this.timer.name, stream: streamName(this.timer.category, id), dueAt },
              'what is due fails and is tried again',
            );
        }
        await backoff.wait(signal);
      }
    };
    void perform().then(() => {
      // By now another instant of the stream may have begun.
      if (this.underWay.get(id) === work) this.underWay.delete(id);
      this.changed();
    });
  }

  /** One of the few that are raised at once. It counts as being noted before it ends: who waits for both is not to find neither. */
  private async inTurn({ id, dueAt, origin }: DueInstant): Promise<Readonly<{ note: Promise<void> }>> {
    this.running += 1;
    this.pace.next();
    try {
      const raised = await this.timer.raise(id, dueAt, origin, this.world);
      const note = raised.decided ? this.instants.decided(id, dueAt, raised) : this.instants.note(id, raised, origin);
      this.noting += 1;
      return { note };
    } finally {
      this.running -= 1;
      this.changed();
    }
  }

  /**
   * The next one does not wait for it, so that several are noted together. The stream is free as soon as its next instant can be read: whoever has waited for
   * the note looks at once, and would leave it to the next look.
   */
  private async noted(id: number, note: Promise<void>): Promise<void> {
    try {
      await note;
      this.underWay.delete(id);
    } finally {
      this.noting -= 1;
      this.changed();
    }
  }

  /** What follows from what was just decided may be due as well: a standstill is caught up without a pause. */
  private async settledOrStuck(signal: AbortSignal): Promise<void> {
    while (this.running + this.noting > 0 && !signal.aborted) await this.change();
  }

  private async idle(now: Date, signal: AbortSignal): Promise<void> {
    const next = await this.instants.next(now);
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    await Promise.race([pause(lookEveryMs, either), ...(next ? [this.world.clock.until(next, either)] : [])]);
    over.abort();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private changed(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/**
 * A timer as the engine works it: it follows the log and notes what each stream is due at, and raises what is due.
 * A new timer begins with the first event, since streams may have been waiting for it.
 */
export function processManagerOfTimer(
  timer: Timer,
  world: TimerWorld & Readonly<{ pool: Pick<pg.Pool, 'query'>; precedence: Precedence }>,
): ProcessManager {
  const instants = new DueInstants(timer.name, world.pool);
  return {
    name: timer.name,
    categories: [timer.category],
    startsAt: 'beginning',
    async handle(event) {
      const id = idOf(event.stream);
      await instants.note(id, await timer.dueOf(id, world), originOf(event));
    },
    alongside: new DueWork(timer, world, instants, new RaisingPace(world.precedence)),
  };
}

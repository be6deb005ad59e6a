import { setMaxListeners } from 'node:events';
import type pg from 'pg';
import type { EventLog } from '../event-log.js';
import type { Position } from '../event.js';
import type { EngineLogger } from '../projections/engine-logger.js';
import { Backoff, messageOf, pause } from '../retry.js';
import { Effects } from './effects.js';
import type { Alongside, ProcessManager, StuckWork } from './process-manager.js';

/** At most so often the effect checkpoint is stored, in milliseconds: effects are idempotent, so what is done twice after a crash does nothing. */
const storeEveryMs = 50;

/** Works one process manager, from its effect checkpoint on, until it is stopped. */
export class ProcessManagerWorker {
  /** Why it does not get on, if it does not. */
  failure: string | undefined;
  /** Why its work besides following the log does not get on. */
  failureAlongside: string | undefined;
  private stored: Position = 0n;
  private effects: Effects | undefined;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private storing: Promise<void> | undefined;
  private begun: () => void = () => undefined;
  /** Resolves when it knows where to begin, or has failed to find out: what is appended after that is not missed. */
  readonly firstTry = new Promise<void>((resolve) => (this.begun = resolve));

  constructor(
    private readonly manager: ProcessManager,
    private readonly parts: Readonly<{
      log: EventLog;
      pool: pg.Pool;
      logger: EngineLogger;
      limits: Readonly<{ atOnce: number; waiting: number }>;
      finished: (name: string, position: Position) => void;
    }>,
  ) {
    // Everything that is tried again waits with it.
    setMaxListeners(0, this.stopping.signal);
  }

  get checkpoint(): Position {
    return this.effects?.watermark ?? this.stored;
  }

  get stuck(): readonly StuckWork[] {
    return [...(this.effects?.stuck ?? []), ...(this.manager.alongside?.stuck() ?? [])];
  }

  get unfinished(): number {
    return this.effects?.size ?? 0;
  }

  isDone(position: Position): boolean {
    return this.effects?.isDone(position) ?? position <= this.stored;
  }

  /** Begins when an earlier worker of this process has ended, so that no event is handled twice side by side. */
  start(earlier?: Promise<void>): void {
    const { alongside } = this.manager;
    this.running = (earlier ?? Promise.resolve()).then(async () => {
      await Promise.all([this.run(), alongside && this.runAlongside(alongside)]);
    });
  }

  /** Nothing new begins; what is under way ends, and the checkpoint is stored. */
  async stop(): Promise<void> {
    this.halt();
    await this.running;
  }

  halt(): void {
    this.stopping.abort();
  }

  private async run(): Promise<void> {
    const backoff = new Backoff(100, 5000);
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.follow(signal, backoff);
      } catch (error) {
        this.begun();
        if (signal.aborted) break;
        this.failure = messageOf(error);
        this.parts.logger.error({ err: error, processManager: this.manager.name }, 'a process manager failed and will be tried again');
      }
      await backoff.wait(signal);
    }
    this.begun();
  }

  private async runAlongside(alongside: Alongside): Promise<void> {
    const backoff = new Backoff(100, 5000);
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await alongside.turn(signal, this.parts.logger);
        backoff.succeeded();
        this.failureAlongside = undefined;
      } catch (error) {
        this.failureAlongside = messageOf(error);
        this.parts.logger.error(
          { err: error, processManager: this.manager.name },
          'the work of a process manager failed and will be tried again',
        );
        await backoff.wait(signal);
      }
    }
    await alongside.settled();
  }

  private async follow(signal: AbortSignal, backoff: Backoff): Promise<void> {
    const { log, limits, finished, logger } = this.parts;
    const { name, categories } = this.manager;
    this.stored = await this.begin();
    this.failure = undefined;
    this.begun();
    // A subscription that fails ends its own effects: the next one begins where they were done, and nothing runs twice side by side.
    const ending = new AbortController();
    const either = AbortSignal.any([signal, ending.signal]);
    setMaxListeners(0, either);
    const effects = new Effects(
      this.stored,
      (event) => this.manager.handle(event),
      limits,
      {
        finished: (position) => {
          finished(name, position);
          this.storeSoon(effects);
        },
        failing: ({ tries, ...stuck }, cause) =>
          logger.error(
            { err: cause, processManager: name, tries, ...stuck, position: String(stuck.position) },
            'an effect fails and is tried again',
          ),
      },
      either,
    );
    this.effects = effects;
    try {
      for await (const item of log.subscribeAll(this.stored, { categories, signal: either })) {
        backoff.succeeded();
        if (item.kind === 'event') await effects.add(item.event);
        else effects.passed(item.position);
      }
    } finally {
      ending.abort();
      await effects.settled();
      await this.storing;
      await this.store(effects).catch((error: unknown) =>
        this.parts.logger.warn(
          { err: error, processManager: this.manager.name },
          'the checkpoint was not stored; what follows it is handled again',
        ),
      );
    }
  }

  /** The effect checkpoint; a new process manager gets its first one. */
  private async begin(): Promise<Position> {
    const { pool, log } = this.parts;
    const first = this.manager.startsAt === 'head' ? await log.head() : 0n;
    await pool.query('insert into app.process_managers (name, checkpoint) values ($1, $2) on conflict (name) do nothing', [
      this.manager.name,
      String(first),
    ]);
    const { rows } = await pool.query<{ checkpoint: string }>('select checkpoint::text from app.process_managers where name = $1', [
      this.manager.name,
    ]);
    return BigInt(rows[0]?.checkpoint ?? first);
  }

  /** Stores the watermark, at most every 50 ms, and again until it stands still. */
  private storeSoon(effects: Effects): void {
    if (this.storing || effects.watermark <= this.stored || this.stopping.signal.aborted) return;
    this.storing = this.storeWhileMoving(effects);
  }

  private async storeWhileMoving(effects: Effects): Promise<void> {
    const { signal } = this.stopping;
    while (effects.watermark > this.stored && !signal.aborted) {
      try {
        await this.store(effects);
      } catch (error) {
        this.failure = `the effect checkpoint cannot be stored: ${messageOf(error)}`;
        this.parts.logger.error(
          { err: error, processManager: this.manager.name },
          'the effect checkpoint cannot be stored and will be tried again',
        );
      }
      await pause(storeEveryMs, signal);
    }
    // In the same breath as the last look at the watermark: what finishes from now on starts anew.
    this.storing = undefined;
  }

  /** It never moves back, whoever writes late. */
  private async store(effects: Effects): Promise<void> {
    const { watermark } = effects;
    if (watermark <= this.stored) return;
    await this.parts.pool.query({
      name: 'effect checkpoint',
      text: 'update app.process_managers set checkpoint = $2::numeric where name = $1 and checkpoint < $2::numeric',
      values: [this.manager.name, String(watermark)],
    });
    this.stored = watermark;
    this.failure = undefined;
  }
}

import { setMaxListeners } from 'node:events';
import type { EventLog } from '../event-log.js';
import type { Position } from '../event.js';
import type { EngineLogger } from '../projections/engine-logger.js';
import { Backoff, messageOf } from '../retry.js';
import type { EffectCheckpoints } from './effect-checkpoints.js';
import { Effects } from './effects.js';
import type { Alongside, ProcessManager, StuckWork } from './process-manager.js';
import type { SharedSubscription } from './shared-subscription.js';

/** Works one process manager, from its effect checkpoint on, until it is stopped. */
export class ProcessManagerWorker {
  /** Why it does not get on, if it does not. */
  failure: string | undefined;
  /** Why its work besides following the log does not get on. */
  failureAlongside: string | undefined;
  private begins: Position = 0n;
  private effects: Effects | undefined;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private begun: () => void = () => undefined;
  /** Resolves when it knows where to begin, or has failed to find out: what is appended after that is not missed. */
  readonly firstTry = new Promise<void>((resolve) => (this.begun = resolve));

  constructor(
    private readonly manager: ProcessManager,
    private readonly parts: Readonly<{
      log: EventLog;
      subscription: SharedSubscription;
      checkpoints: EffectCheckpoints;
      logger: EngineLogger;
      limits: Readonly<{ atOnce: number; waiting: number }>;
      finished: (name: string, position: Position) => void;
    }>,
  ) {
    // Everything that is tried again waits with it.
    setMaxListeners(0, this.stopping.signal);
  }

  get checkpoint(): Position {
    return this.effects?.watermark ?? this.begins;
  }

  get stuck(): readonly StuckWork[] {
    return [...(this.effects?.stuck ?? []), ...(this.manager.alongside?.stuck() ?? [])];
  }

  get unfinished(): number {
    return this.effects?.size ?? 0;
  }

  isDone(position: Position): boolean {
    return this.effects?.isDone(position) ?? position <= this.begins;
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
    const { log, subscription, checkpoints, limits, finished, logger } = this.parts;
    const { name, categories, startsAt } = this.manager;
    this.begins = await checkpoints.begin(name, () => (startsAt === 'head' ? log.head() : 0n));
    this.failure = undefined;
    this.begun();
    // A subscription that fails ends its own effects: the next one begins where they were done, and nothing runs twice side by side.
    const ending = new AbortController();
    const either = AbortSignal.any([signal, ending.signal]);
    setMaxListeners(0, either);
    const effects = new Effects(
      this.begins,
      (event) => this.manager.handle(event),
      limits,
      {
        finished: (position) => {
          finished(name, position);
          checkpoints.moved(name, effects.watermark);
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
      await subscription.follow(this.begins, {
        categories,
        event: (event) => {
          backoff.succeeded();
          return effects.add(event);
        },
        passed: (position) => {
          backoff.succeeded();
          effects.passed(position);
        },
        signal: either,
      });
    } finally {
      ending.abort();
      await effects.settled();
      checkpoints.moved(name, effects.watermark);
      await checkpoints.settled();
    }
  }
}

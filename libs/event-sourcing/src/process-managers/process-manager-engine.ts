import pg from 'pg';
import type { EventLog } from '../event-log.js';
import type { Position } from '../event.js';
import { silentLogger, type EngineLogger } from '../projections/engine-logger.js';
import { PositionWaiters, type WaitOptions } from '../projections/position-waiters.js';
import { messageOf, pause } from '../retry.js';
import { WorkerLocks } from '../projections/worker-locks.js';
import type { ProcessManager, StuckWork } from './process-manager.js';
import { EffectCheckpoints } from './effect-checkpoints.js';
import { ProcessManagerWorker } from './process-manager-worker.js';
import { SharedSubscription } from './shared-subscription.js';

/** How a process manager is doing, as this process sees it. */
export type ProcessManagerStatus = Readonly<{
  name: string;
  state: 'working' | 'standing by' | 'failed';
  /** The effects of everything up to here are done. */
  checkpoint: Position;
  /** Positions between the log's head and the checkpoint. */
  lagEvents: number;
  /** Events it was given and has not finished, if it works here. */
  unfinished: number;
  /** Events, due instants and messages that were tried several times in vain. */
  stuck: readonly StuckWork[];
  reason?: string;
}>;

export type ProcessManagerEngineOptions = Readonly<{
  log: EventLog;
  managers: readonly ProcessManager[];
  /** The app role. */
  database: pg.PoolConfig;
  logger?: EngineLogger;
  /** Effects of one process manager under way at once. */
  atOnce?: number;
}>;

/** Events that wait inside one process manager at most; past that it stops reading. */
const waitingEvents = 2000;
/** How often the checkpoint of another process is looked at while somebody waits, in milliseconds. */
const pollMs = 10;

const lockNameOf = (name: string): string => `process manager ${name}`;

/** Runs process managers: each by one process at a time, effects at least once and in order within a stream, nothing ever skipped. */
export class ProcessManagerEngine {
  private readonly pool: pg.Pool;
  private readonly checkpoints: EffectCheckpoints;
  private readonly subscription: SharedSubscription;
  private readonly locks: WorkerLocks;
  private readonly workers = new Map<string, ProcessManagerWorker>();
  private readonly leaving = new Map<string, Promise<void>>();
  private readonly waiters = new PositionWaiters();
  private polling = false;
  private readonly logger: EngineLogger;
  private stopped = false;

  constructor(private readonly options: ProcessManagerEngineOptions) {
    this.logger = options.logger ?? silentLogger;
    const names = options.managers.map(({ name }) => name);
    if (new Set(names).size < names.length) throw new Error('two process managers have one name');
    // Durable, unlike the checkpoints of projections: an effect checkpoint never moves back.
    this.pool = new pg.Pool({ max: 2, keepAlive: true, query_timeout: 30_000, ...options.database });
    this.pool.on('error', (error) => this.logger.warn({ err: error }, 'an idle connection of the process managers was lost'));
    // A connection that breaks while it is in use says so twice: to its query, which is enough, and as an event, which would end the process.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    this.checkpoints = new EffectCheckpoints(this.pool, this.logger);
    this.subscription = new SharedSubscription(options.log);
    this.locks = new WorkerLocks(options.database, [names.map(lockNameOf)], () => this.locksChanged(), this.logger);
  }

  /** Takes up what no other process works; from then on everything runs by itself. */
  async start(): Promise<void> {
    await this.locks.start();
    await Promise.all([...this.workers.values()].map((worker) => worker.firstTry));
  }

  /** Nothing new begins; effects under way end, checkpoints are stored, and other processes take over. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.workers.values()].map((worker) => worker.stop()));
    await this.checkpoints.close();
    await this.locks.close();
    await this.pool.end();
  }

  /**
   * Resolves when the effects of the event at this position are done, whichever process works it; other events may still be under way.
   * @throws PositionNotReached after `timeout` milliseconds
   */
  async waitFor(name: string, position: Position, options: WaitOptions = {}): Promise<void> {
    if (!this.options.managers.some((manager) => manager.name === name)) throw new Error(`there is no process manager ${name}`);
    if (this.workers.get(name)?.isDone(position)) return;
    const waited = this.waiters.wait(position, [name], options);
    void this.pollOthers();
    await waited;
  }

  /** How every process manager is doing. Never throws. */
  async status(): Promise<ProcessManagerStatus[]> {
    const { managers, log } = this.options;
    let problem: string | undefined;
    const [head, checkpoints] = await Promise.all([log.head(), this.checkpoints.all()]).catch((error: unknown) => {
      problem = messageOf(error);
      return [0n, new Map<string, Position>()] as const;
    });
    return managers.map(({ name }) => {
      const worker = this.workers.get(name);
      const checkpoint = worker?.checkpoint ?? checkpoints.get(name) ?? 0n;
      const reason =
        worker?.failure ??
        worker?.failureAlongside ??
        (worker && this.checkpoints.failure) ??
        problem ??
        (this.locks.failure && `the database cannot be reached: ${this.locks.failure}`);
      return {
        name,
        state: reason !== undefined ? 'failed' : worker ? 'working' : 'standing by',
        checkpoint,
        lagEvents: head > checkpoint ? Number(head - checkpoint) : 0,
        unfinished: worker?.unfinished ?? 0,
        stuck: worker?.stuck ?? [],
        ...(reason !== undefined && { reason }),
      };
    });
  }

  private locksChanged(): void {
    for (const manager of this.options.managers) {
      const { name } = manager;
      const held = this.locks.held.has(lockNameOf(name));
      const worker = this.workers.get(name);
      if (worker && !held) {
        this.workers.delete(name);
        this.leaving.set(name, worker.stop());
      }
      if (!worker && held && !this.stopped) this.work(manager);
    }
  }

  private work(manager: ProcessManager): void {
    const worker = new ProcessManagerWorker(manager, {
      log: this.options.log,
      subscription: this.subscription,
      checkpoints: this.checkpoints,
      logger: this.logger,
      limits: { atOnce: this.options.atOnce ?? 16, waiting: waitingEvents },
      finished: () => this.waiters.reached(manager.name, (position) => worker.isDone(position)),
    });
    this.workers.set(manager.name, worker);
    worker.start(this.leaving.get(manager.name));
  }

  /** While somebody waits for a process manager that another process works (or takes over meanwhile): its checkpoint is in the database. */
  private async pollOthers(): Promise<void> {
    if (this.polling) return;
    this.polling = true;
    while (this.waiters.size > 0) {
      const elsewhere = [...this.waiters.names()].some((name) => !this.workers.has(name));
      if (elsewhere) {
        const checkpoints = await this.checkpoints.all().catch(() => new Map<string, Position>());
        for (const [name, checkpoint] of checkpoints) this.waiters.advanced(name, checkpoint);
      }
      await pause(elsewhere ? pollMs : 10 * pollMs);
    }
    this.polling = false;
  }
}

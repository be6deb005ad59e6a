import type { EventLog } from '../event-log.js';
import type { Position } from '../event.js';
import type { BatchWriter } from './batch-writer.js';
import { CheckpointMoved, stepTogether } from './checkpoint-step.js';
import { tellsAgainst } from './culprits.js';
import type { EngineLogger } from './engine-logger.js';
import { LiveMembers, type Failures, type Member } from './live-members.js';
import type { LiveMembership, Tenure } from './live-membership.js';
import { LiveQueue, type Batch } from './live-queue.js';
import type { ProjectionRunner } from './projection-runner.js';
import { Backoff, messageOf } from '../retry.js';
import { Turns } from './turns.js';

type Parts = Readonly<{
  log: EventLog;
  writer: BatchWriter;
  membership: LiveMembership;
  logger: EngineLogger;
  /** Rows of these streams (undefined: any) become others from now on until the answer is called. */
  changing: (streams?: readonly string[]) => () => void;
  /** The position moved, or the members are others. */
  advanced: () => void;
  /** A member could not be written and is no longer one. */
  left: (member: Member, error: unknown) => void;
  /** Somebody else works the live read models. */
  usurped: () => void;
}>;

/** Between two transactions while nobody waits, in milliseconds: under load that makes batches instead of commits. */
const restMs = 40;
/** At most so often the position is stored where nothing had to be written, in milliseconds. */
const idleMs = 50;

/**
 * The read models that serve, in the process that works them: all are written together, a batch of events in one transaction with one checkpoint,
 * and a batch never ends inside an append. So whatever a snapshot of the database shows is a prefix of the log.
 */
export class LiveReadModels {
  /** What the views show. */
  position: Position = 0n;
  /** Why it does not get on, if it does not. */
  failure: string | undefined;
  private tenure: Tenure | undefined;
  readonly members = new LiveMembers();
  private readonly queue: LiveQueue;
  /** Batches, and changes of who is a member, one after the other. */
  private readonly turns = new Turns();
  private running: Promise<void> | undefined;
  private stopping = new AbortController();
  private hurried = false;
  private restOver: () => void = () => undefined;
  private storing: NodeJS.Timeout | undefined;

  constructor(private readonly parts: Parts) {
    this.queue = new LiveQueue(parts.log);
  }

  /** Whether this process works them. */
  get held(): boolean {
    return this.tenure !== undefined;
  }

  get behind(): boolean {
    return this.queue.isLong;
  }

  /** Begins where the database says; the members' rows stand there too. */
  async begin(tenure: Tenure, members: readonly Member[]): Promise<void> {
    await this.running;
    this.stopping = new AbortController();
    this.tenure = tenure;
    this.position = tenure.checkpoint;
    this.failure = undefined;
    for (const member of members) this.members.add(member);
    this.parts.changing()();
    this.work();
    this.parts.advanced();
  }

  /** Ends without waiting: the lock is gone, and what is under way fails at the checkpoint or was still rightful. */
  halt(): void {
    this.stopping.abort();
    clearTimeout(this.storing);
    this.storing = undefined;
    this.tenure = undefined;
    this.members.clear();
    this.restOver();
  }

  /** Ends after the batch at hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.restOver();
    await this.running;
    this.halt();
  }

  /** Whether somebody waits for a position: rest is skipped then. */
  hurry(hurried: boolean): void {
    this.hurried = hurried;
    if (hurried) this.restOver();
  }

  /** Takes in builds that have drawn level: between two batches each works up to where the members stand. Answers those that are members now. */
  admit(runners: readonly ProjectionRunner[]): Promise<readonly ProjectionRunner[]> {
    return this.turns.take(async () => {
      const { tenure } = this;
      if (!tenure || this.stopping.signal.aborted) return [];
      const at = this.members.size > 0 ? this.position : highest([this.position, ...runners.map(({ position }) => position)]);
      const level = await Promise.all(runners.map(async (runner) => ((await runner.drawLevel(at)) ? [runner] : [])));
      // Of two builds of one projection the newer one comes last, and stays.
      const ready = level.flat().sort(byBuild);
      if (ready.length === 0) return [];
      const changed = this.parts.changing();
      const builds = ready.map(({ shown }) => shown);
      const next = await this.parts.membership.admit(tenure, at, builds).finally(changed);
      if (!this.goOn(tenure, next)) return [];
      for (const { shown, tables } of ready) this.members.add({ ...shown, work: tables });
      this.position = at;
      this.work();
      this.parts.advanced();
      return ready;
    });
  }

  private work(): void {
    const { signal } = this.stopping;
    if (this.members.size === 0 || signal.aborted || this.running) return;
    this.running = this.run(signal).finally(() => {
      this.running = undefined;
      // Somebody may have been admitted while it came to its end.
      this.work();
    });
  }

  private async run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(100, 5000);
    while (!signal.aborted && this.members.size > 0) {
      const following = new AbortController();
      const followed = this.queue.follow(this.position, AbortSignal.any([signal, following.signal]));
      try {
        while (!signal.aborted && this.members.size > 0) {
          await this.queue.something(signal);
          await this.turns.take(() => this.next(signal));
          backoff.succeeded();
          this.failure = undefined;
          if (!this.hurried && !signal.aborted && !this.behind) await this.rest();
        }
      } catch (error) {
        if (signal.aborted) break;
        this.failure = messageOf(error);
        this.parts.logger.error({ err: error }, 'the live read models cannot be written and will be tried again');
        await backoff.wait(signal);
        if (!signal.aborted) await this.turns.take(() => this.beginAgain()).catch((again: unknown) => (this.failure = messageOf(again)));
      } finally {
        following.abort();
        await followed;
      }
    }
  }

  private async beginAgain(): Promise<void> {
    try {
      await this.members.reload();
    } catch (error) {
      if (error instanceof CheckpointMoved) this.parts.usurped();
      throw error;
    }
    const { first } = this.members;
    if (!first || !this.tenure) return;
    this.parts.changing()();
    this.position = first.work.stored;
    this.tenure = { ...this.tenure, checkpoint: this.position };
  }

  private async next(signal: AbortSignal): Promise<void> {
    const batch = this.queue.take();
    if (!batch || signal.aborted || !this.tenure) return;
    if (batch.events.length === 0) return this.passOver(batch.upTo);
    let failures = await this.members.fold(batch.events);
    if (failures.size === 0) failures = await this.writeOrFind(batch);
    if (failures.size === 0) return;
    // The others begin the batch again without them.
    this.members.forget();
    await this.expel(failures);
    this.queue.giveBack(batch);
  }

  /** Nothing had to be written: the position is known here at once, and stored now and then for other processes. */
  private passOver(upTo: Position): void {
    this.position = upTo;
    this.parts.advanced();
    this.storing ??= setTimeout(() => {
      this.storing = undefined;
      const store = async (): Promise<void> => {
        if (this.tenure && this.position > this.tenure.checkpoint) await this.write({ events: [], upTo: this.position });
      };
      this.turns.take(store).catch((error: unknown) => this.parts.logger.warn({ err: error }, 'a position could not be stored'));
    }, idleMs);
  }

  /** Answers those whose rows the database refuses. @throws what tells against none of them */
  private async writeOrFind(batch: Batch): Promise<Failures> {
    try {
      await this.write(batch);
      return new Map();
    } catch (error) {
      const failures: Failures = error instanceof CheckpointMoved ? new Map() : await this.members.culprits(this.parts.writer);
      if (failures.size > 0) return failures;
      this.members.forget();
      if (error instanceof CheckpointMoved) this.parts.usurped();
      throw error;
    }
  }

  private async write({ events, upTo }: Batch): Promise<void> {
    const { tenure } = this;
    if (!tenure) return;
    const changed = this.parts.changing(events.map(({ stream }) => stream));
    const step = stepTogether(tenure.epoch, tenure.checkpoint, upTo);
    await this.parts.writer.write(step, this.members.changes()).finally(changed);
    if (!this.goOn(tenure, { ...tenure, checkpoint: upTo })) return;
    this.position = upTo;
    this.members.written(upTo);
    this.parts.advanced();
  }

  /** @throws the error that was met, when it does not tell against the member */
  private async expel(failures: Failures): Promise<void> {
    for (const error of failures.values()) if (!tellsAgainst(error)) throw error;
    const { tenure } = this;
    if (!tenure) return;
    const changed = this.parts.changing();
    const next = await this.parts.membership.expel(tenure, [...failures.keys()]).finally(changed);
    if (!this.goOn(tenure, next)) return;
    for (const [member, error] of failures) {
      this.members.remove(member);
      this.parts.left(member, error);
    }
    this.parts.advanced();
  }

  /** Takes the next step of a tenure; one that ended while the database was asked stays ended, and the next one begins where the database says. */
  private goOn(from: Tenure, to: Tenure): boolean {
    if (this.tenure !== from) return false;
    this.tenure = to;
    return true;
  }

  private async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, restMs);
      this.restOver = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const byBuild = ({ build: one }: ProjectionRunner, { build: other }: ProjectionRunner): number =>
  one.version - other.version || one.generation - other.generation;

const highest = (positions: readonly Position[]): Position => positions.reduce((one, other) => (other > one ? other : one));

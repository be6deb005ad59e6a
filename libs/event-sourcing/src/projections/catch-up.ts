import type { EventLog } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import type { ProjectionRunner } from './projection-runner.js';
import { pause } from './retry.js';
import { stretchOf } from './stretch.js';

/** Events one read of the log brings. */
const readEvents = 2000;
/** Runners whose checkpoints lie this close together share a reader: each passes over what it has. */
const togetherWithin = 20_000n;

/**
 * Reads the log for runners that are behind, apart from the live feed, so that nobody who is up to date waits for them.
 * Runners that start at about the same place share one reader: rebuilding everything reads (and parses) the log once.
 */
export class CatchUp {
  private waiting: ProjectionRunner[] = [];

  constructor(
    private readonly log: EventLog,
    private readonly signal: AbortSignal,
    /** Takes a runner that has reached the head; false while the live feed is ahead of it. */
    private readonly join: (runner: ProjectionRunner) => boolean,
    private readonly failed: (runners: readonly ProjectionRunner[], error: unknown) => void,
  ) {}

  add(runner: ProjectionRunner): void {
    this.waiting.push(runner);
    // Whoever asks in the same moment (at the start: all) comes along.
    if (this.waiting.length === 1) setTimeout(() => this.depart(), 5);
  }

  private depart(): void {
    const byPosition = this.waiting.toSorted((a, b) => (a.received < b.received ? -1 : 1));
    this.waiting = [];
    let group: ProjectionRunner[] = [];
    for (const runner of byPosition) {
      const first = group[0];
      if (first && runner.received - first.received > togetherWithin) {
        this.begin(group);
        group = [];
      }
      group.push(runner);
    }
    if (group.length > 0) this.begin(group);
  }

  private begin(group: readonly ProjectionRunner[]): void {
    this.lead(group).catch((error: unknown) => {
      this.failed(
        group.filter((runner) => !runner.live && isWorking(runner)),
        error,
      );
    });
  }

  /** Reads ahead by one stretch while the runners write the one before; joins each to the live feed when the head is reached. */
  private async lead(group: readonly ProjectionRunner[]): Promise<void> {
    let runners = group.filter(isWorking);
    let after = runners.reduce<Position | undefined>(
      (least, { received }) => (least === undefined || received < least ? received : least),
      undefined,
    );
    if (after === undefined) return;
    let reading = this.read(after);
    while (!this.signal.aborted) {
      const events = await reading;
      const last = events.at(-1);
      if (last) after = last.position;
      const atHead = events.length < readEvents;
      if (!atHead) reading = this.read(after);
      const stretch = stretchOf(events, after);
      for (const runner of runners) runner.offer(stretch);
      await Promise.all(runners.map((runner) => runner.room()));
      runners = runners.filter(isWorking);
      if (atHead) {
        runners = runners.filter((runner) => !this.join(runner));
        if (events.length === 0 && runners.length > 0) await pause(5, this.signal);
        reading = this.read(after);
      }
      if (runners.length === 0) return void reading.catch(() => undefined);
    }
  }

  private read(after: Position): Promise<RecordedEvent[]> {
    const reading = this.log.readAll(after, readEvents);
    // The stretch before may fail first; this one's failure is then nobody's.
    reading.catch(() => undefined);
    return reading;
  }
}

const isWorking = (runner: ProjectionRunner): boolean => !runner.stopped && runner.failure === undefined;

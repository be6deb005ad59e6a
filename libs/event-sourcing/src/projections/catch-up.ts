import type { EventLog } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import type { ProjectionRunner } from './projection-runner.js';
import { stretchOf } from './stretch.js';

/** Events one read of the log brings. */
const readEvents = 2000;
/** Runners that stand this close together share a reader: each passes over what it has. */
const togetherWithin = 20_000n;

/** Runners that read together, and those that are to come along from the next read on. */
type Party = { after: Position; runners: ProjectionRunner[]; joining: ProjectionRunner[] };

/**
 * Reads the log for runners that are behind, apart from the live read models, so that nobody who is up to date waits for them.
 * Runners that stand at about the same place share one reader: rebuilding everything reads (and parses) the log once.
 */
export class CatchUp {
  private waiting: ProjectionRunner[] = [];
  private readonly parties = new Set<Party>();

  constructor(
    private readonly log: EventLog,
    private readonly signal: AbortSignal,
    private readonly failed: (runners: readonly ProjectionRunner[], error: unknown) => void,
  ) {}

  add(runner: ProjectionRunner): void {
    // One that begins again belongs to the party it was with no longer, whether or not that has noticed: it would be handed what lies ahead of it.
    for (const party of this.parties) {
      party.runners = party.runners.filter((other) => other !== runner);
      party.joining = party.joining.filter((other) => other !== runner);
    }
    this.waiting.push(runner);
    // Whoever asks in the same moment (at the start: all) comes along.
    if (this.waiting.length === 1) setTimeout(() => this.depart(), 5);
  }

  /** Those who were built a little later catch up with a party that has not gone far, which reads that little again. */
  private depart(): void {
    const parties = [...this.parties];
    for (const runner of this.waiting) {
      const near = parties.find(({ after }) => isNear(after, runner.received));
      if (near) near.joining.push(runner);
      else parties.push({ after: runner.received, runners: [], joining: [runner] });
    }
    this.waiting = [];
    for (const party of parties) if (!this.parties.has(party)) this.begin(party);
  }

  private begin(party: Party): void {
    this.parties.add(party);
    this.lead(party)
      .catch((error: unknown) => {
        this.failed([...party.runners, ...party.joining].filter(isWorking), error);
      })
      .finally(() => this.parties.delete(party));
  }

  /** Reads ahead by one stretch while the runners write the one before, until the head is reached. */
  private async lead(party: Party): Promise<void> {
    let reading: Promise<RecordedEvent[]> | undefined;
    while (!this.signal.aborted) {
      if (takeAlong(party)) reading = undefined;
      const events = await (reading ?? this.read(party.after));
      const last = events.at(-1);
      if (last) party.after = last.position;
      const atHead = events.length < readEvents;
      reading = atHead ? undefined : this.read(party.after);
      const stretch = stretchOf(events, party.after);
      for (const runner of party.runners) runner.offer(stretch);
      await Promise.all(party.runners.map((runner) => runner.room()));
      party.runners = party.runners.filter(isWorking);
      if (atHead) for (const runner of party.runners.splice(0)) runner.reachedHead();
      // Between this look and the end nobody else gets a turn, so nobody can join a party that has ended.
      if (party.runners.length === 0 && party.joining.length === 0) return void this.parties.delete(party);
    }
  }

  private read(after: Position): Promise<RecordedEvent[]> {
    const reading = this.log.readAll(after, readEvents);
    // The stretch before may fail first; this one's failure is then nobody's.
    reading.catch(() => undefined);
    return reading;
  }
}

/** Takes in who has come, and steps back to the one that is furthest behind: the others pass over what they have. */
function takeAlong(party: Party): boolean {
  if (party.joining.length === 0) return false;
  const joining = party.joining.filter(isWorking);
  party.runners.push(...joining);
  party.joining = [];
  for (const { received } of joining) if (received < party.after) party.after = received;
  return true;
}

const isNear = (one: Position, other: Position): boolean => one - other <= togetherWithin && other - one <= togetherWithin;

const isWorking = (runner: ProjectionRunner): boolean => !runner.stopped && runner.failure === undefined;

import type { BegunCalls } from './begun-calls.js';
import { systemClock, type Clock } from './clock.js';
import { CommandLane, type LaneStatistics } from './command-lane.js';
import { currentContext, surroundingContext, type CommandContext } from './command-context.js';
import { CommittedStates } from './committed-states.js';
import { Rejection, type Stream } from './decider.js';
import { LogUnavailable, type EventLog } from './event-log.js';
import type { Event, Position } from './event.js';
import type { Loaded, Outcome } from './outcome.js';
import { PendingCommand, StreamExists } from './pending-command.js';
import { Precedence } from './precedence.js';
import type { EngineLogger } from './projections/engine-logger.js';
import type { Sequences } from './sequences.js';
import type { SnapshotStore } from './snapshots.js';
import { streamName } from './stream-name.js';

export type ExecuteOptions<State = never> = Readonly<{
  /** Instead of the surrounding context (process managers, first start). */
  context?: CommandContext;
  /** Ids of the appended events by ordinal, where they must be the same on every try (effects, fixed first events). */
  eventId?: (ordinal: number) => string;
  /** The revision that If-Match is about, where the request names another record than the stream's: the order of a comment, which has one of its own. */
  matched?: number;
  /** The id was drawn for what is created here, so that the stream is not read before: where it is there after all, the append finds out. */
  drawn?: boolean;
  /** What is true of a state for good once nothing is left to decide: where this process knows that it is, the log is not asked. */
  isDone?: (state: State) => boolean;
}>;

export type EventStoreOptions = Readonly<{
  snapshots?: SnapshotStore;
  /** Told of snapshots that cannot be read or written: everything goes on without them, only slower. */
  logger?: Pick<EngineLogger, 'warn'>;
  /** Where `recorded_at` comes from. */
  clock?: Clock;
  /** Whose lines go with what their requests append. */
  calls?: BegunCalls;
  /** How many streams' states are kept in memory. */
  hotStates?: number;
  /** Told of the commands of people and programs that wait to be carried out. */
  precedence?: Precedence;
}>;

/** A state of a part or an order takes two to four kilobytes. */
const defaultHotStates = 10_000;
const sweepMs = 50;
/** How long reading a stream or the log's head may take, in milliseconds. */
const readingMs = 2_000;
const readEvents = 1_000;

/** Runs decisions: cached state and the tail of the stream → decide → append at that revision; a conflict is read again and decided anew until the deadline. */
export class EventStore {
  /** Counted since the start, for metrics. */
  readonly statistics: LaneStatistics = { commands: 0, appends: 0, events: 0, conflicts: 0, unknownOutcomes: 0 };
  private readonly states: CommittedStates;
  private readonly lanes = new Map<string, CommandLane<unknown, Event>>();
  private readonly clock: Clock;
  private readonly calls: BegunCalls | undefined;
  private readonly precedence: Precedence;
  /** Commands without an answer yet. */
  private readonly pending = new Set<PendingCommand<unknown, Event>>();
  private sweeper: NodeJS.Timeout | undefined;
  private readonly queue = { patient: true };

  constructor(
    private readonly log: EventLog,
    private readonly sequences: Pick<Sequences, 'next'>,
    options: EventStoreOptions = {},
  ) {
    this.states = new CommittedStates(log, options.snapshots, options.hotStates ?? defaultHotStates, options.logger);
    this.clock = options.clock ?? systemClock;
    this.calls = options.calls;
    this.precedence = options.precedence ?? new Precedence();
  }

  /**
   * @throws Rejection what `decide` says; PRECONDITION_FAILED (If-Match); UNAVAILABLE (deadline or log gone; with an idempotent attempt that has
   *   begun it may still have happened, and a repetition will find out)
   */
  execute<State, E extends Event>(
    stream: Stream<State, E>,
    id: number | string,
    decide: (state: State) => readonly E[],
    options: ExecuteOptions<State> = {},
  ): Promise<Outcome<State>> {
    return this.run(stream, id, decide, options, false);
  }

  /**
   * Creates a stream under the next id of a sequence. An id whose stream exists already (a sequence behind its log) is passed over.
   * @throws Rejection as `execute` does
   */
  async create<State, E extends Event>(
    stream: Stream<State, E>,
    sequence: string,
    decide: (state: State, id: number) => readonly E[],
    options: ExecuteOptions<State> = {},
  ): Promise<Outcome<State> & Readonly<{ id: number }>> {
    for (;;) {
      const id = await this.nextId(sequence);
      try {
        return { ...(await this.run(stream, id, (state: State) => decide(state, id), options, true)), id };
      } catch (error) {
        if (!(error instanceof StreamExists)) throw error;
      }
    }
  }

  /**
   * The committed state, no older than any append this process has acknowledged and fresh from the log's tail.
   * @throws Rejection UNAVAILABLE
   */
  async load<State, E extends Event>(stream: Stream<State, E>, id: number | string): Promise<Loaded<State>> {
    const { state, revision, position } = await reachable(this.states.fresh(stream, nameOf(stream, id)));
    return { state, revision, position };
  }

  /** What this process knew of a stream last, from its own appends and from reading; undefined where it has not seen it lately. */
  recent<State, E extends Event>(stream: Stream<State, E>, id: number | string): State | undefined {
    return this.states.recent(stream, nameOf(stream, id))?.state;
  }

  /**
   * The state folded up to exactly that revision, whatever came later.
   * @throws Rejection UNAVAILABLE
   */
  async loadAt<State, E extends Event>(stream: Stream<State, E>, id: number | string, revision: number): Promise<State> {
    return (await reachable(this.states.at(stream, nameOf(stream, id), revision))).state;
  }

  /**
   * The state that a stream had when the log had come to that position: several streams up to one position are of one moment.
   * @throws Rejection UNAVAILABLE
   */
  async loadUpTo<State, E extends Event>(stream: Stream<State, E>, id: number | string, upTo: Position): Promise<Loaded<State>> {
    const { state, revision, position } = await reachable(this.states.upTo(stream, nameOf(stream, id), upTo));
    return { state, revision, position };
  }

  /**
   * Whether an event with that id was appended to a stream after that position.
   * @throws Rejection UNAVAILABLE
   */
  async hasAppended<State, E extends Event>(stream: Stream<State, E>, id: number, eventId: string, after: Position): Promise<boolean> {
    const name = nameOf(stream, id);
    const { revision } = await reachable(this.states.upTo(stream, name, after));
    for (let from = revision + 1; ;) {
      const events = await reachable(this.log.readStream(name, from, readEvents));
      if (events.some((event) => event.id === eventId)) return true;
      if (events.length < readEvents) return false;
      from += events.length;
    }
  }

  /**
   * The position of the last event of the log: whoever waits for it sees everything that has happened until now.
   * @throws Rejection UNAVAILABLE
   */
  head(): Promise<Position> {
    return reachable(this.log.head());
  }

  /** The next id of a sequence (`app.<sequence>_id`), handed out in blocks; the same again on a retry of the same idempotent request. */
  nextId(sequence: string): number | Promise<number> {
    const next = (): number | Promise<number> => this.sequences.next(sequence);
    return surroundingContext()?.idempotency?.allocate(sequence, next) ?? next();
  }

  /** From now on no command waits for its turn for longer than it is tried: whoever wants to stop does not wait for the longest queue. */
  hurry(): void {
    this.queue.patient = false;
    for (const command of this.pending) command.hurry();
  }

  /** Waits for work in the background; commands under way should have been answered before. */
  close(): Promise<void> {
    return this.states.settled();
  }

  private run<State, E extends Event>(
    stream: Stream<State, E>,
    id: number | string,
    decide: (state: State) => readonly E[],
    { context = currentContext(), eventId, matched, drawn = false, isDone }: ExecuteOptions<State>,
    mustBeNew: boolean,
  ): Promise<Outcome<State>> {
    const name = nameOf(stream, id);
    const command = new PendingCommand<State, E>({
      decide,
      context,
      eventId,
      matched,
      mustBeNew,
      expectsNoStream: mustBeNew || drawn,
      isDone,
    });
    const busy = this.lanes.get(name) as unknown as CommandLane<State, E> | undefined;
    const lane =
      busy ?? new CommandLane(name, stream, { log: this.log, calls: this.calls }, this.states, this.clock, this.statistics, this.queue);
    lane.add(command);
    if (!busy) {
      this.lanes.set(name, lane as unknown as CommandLane<unknown, Event>);
      void lane.run(() => this.lanes.delete(name));
    }
    // Nobody waits for ever, however long the log takes to answer or to fail.
    const waiting = command as unknown as PendingCommand<unknown, Event>;
    this.pending.add(waiting);
    this.sweeper ??= setInterval(() => this.sweep(), sweepMs);
    const isAwaited = context.actor.kind !== 'process_manager';
    if (isAwaited) this.precedence.begin();
    return command.outcome.then(
      (outcome) => {
        this.pending.delete(waiting);
        if (isAwaited) this.precedence.end();
        if (outcome.events.length > 0) context.commits?.note(outcome.position);
        return outcome;
      },
      (failure: unknown) => {
        this.pending.delete(waiting);
        if (isAwaited) this.precedence.end();
        throw failure;
      },
    );
  }

  private sweep(): void {
    const now = Date.now();
    for (const command of this.pending) if (command.givenUpAt <= now) command.expire();
    if (this.pending.size > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}

const nameOf = ({ category }: Readonly<{ category: string }>, id: number | string): string => streamName(category, id);

/** What a log that cannot be reached, or not in time, means to whoever asked. A reading has its time for itself, whatever was done before it. */
async function reachable<T>(reading: Promise<T>): Promise<T> {
  const unavailable = (): Rejection => new Rejection('UNAVAILABLE', 'The records cannot be read right now. Please try again.');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable()), readingMs);
  });
  try {
    return await Promise.race([reading, late]);
  } catch (error) {
    throw error instanceof LogUnavailable ? unavailable() : error;
  } finally {
    clearTimeout(timer);
  }
}

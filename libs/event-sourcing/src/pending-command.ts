import { newEventId } from './event-ids.js';
import { changedSince, isExpected, runInContext, type CommandContext } from './command-context.js';
import type { IdempotentAttempt, KeyRow } from './idempotent-attempt.js';
import { Rejection, type Stream } from './decider.js';
import { dayIn, isPlainDate } from './business-day.js';
import type { Committed } from './committed-states.js';
import { refuseTooLarge } from './event-size.js';
import type { Outcome } from './outcome.js';
import type { Event, EventMetadata, Position, RecordedEvent } from './event.js';

/**
 * How far an idempotent attempt has come. Its event ids are counted through all streams it appends to, which must be one after the other,
 * and its row is stored once a stream, with its first append there.
 */
type Progress = { nextOrdinal: number; readonly begun: Set<string> };
const progressOfAttempts = new WeakMap<IdempotentAttempt, Progress>();

function progressOf(attempt: IdempotentAttempt): Progress {
  const known = progressOfAttempts.get(attempt) ?? { nextOrdinal: 0, begun: new Set<string>() };
  progressOfAttempts.set(attempt, known);
  return known;
}

/** How much longer than a command is tried an append of it may take that nobody knows the outcome of, in milliseconds: asked again, the log finds out. */
const againMs = 2_000;
/**
 * How long after the end of an append's time its commands are waited for, in milliseconds: what turns out to be committed must not have been said to
 * have failed.
 */
const settlingMs = 3_000;
/** How long a command waits for its turn from when the lane has last got on, and how much longer altogether than it may be tried, in milliseconds. */
const turnMs = 2_000;
const queueingMs = 8_000;

/** A stream was to be created and is there. */
export class StreamExists extends Error {
  constructor(readonly stream: string) {
    super(`${stream} exists already`);
    this.name = 'StreamExists';
  }
}

export type CommandRequest<State, E extends Event> = Readonly<{
  decide: (state: State) => readonly E[];
  context: CommandContext;
  eventId?: (ordinal: number) => string;
  /** What If-Match is compared with, where it is not the stream's own revision. */
  matched?: number;
  /** Refused with StreamExists where the stream has events that are not this command's own. */
  mustBeNew: boolean;
  /** As a rule the stream is not there yet. */
  expectsNoStream: boolean;
  /** Whether a state says for good that nothing is left to decide. */
  isDone?: (state: State) => boolean;
}>;

/** A command on its way to a certain answer: it keeps its event ids over all tries, so that it recognises itself in the log. */
export class PendingCommand<State, E extends Event> {
  readonly outcome: Promise<Outcome<State>>;
  /** Until when it is tried, in milliseconds since 1970. */
  deadline: number;
  /** It was answered with an error. */
  refused = false;
  /** Its events were given to the log at least once, so they may be in it. */
  sent = false;
  /** They may be in it, or still get there, and nobody has learned which. */
  unsettled = false;
  private appendEnds = 0;
  private readonly attempt: IdempotentAttempt | undefined;
  private readonly progress: Progress | undefined;
  private readonly firstOrdinal: number;
  private readonly ids: string[] = [];
  private readonly found: RecordedEvent<E>[] = [];
  private foundState: { state: State; revision: number; position: Position } | undefined;
  private resolve!: (outcome: Outcome<State>) => void;
  private reject!: (error: unknown) => void;

  constructor(private readonly request: CommandRequest<State, E>) {
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.deadline = request.context.deadline;
    this.attempt = request.context.idempotency;
    this.progress = this.attempt && progressOf(this.attempt);
    this.firstOrdinal = this.progress?.nextOrdinal ?? 0;
  }

  get expectsNoStream(): boolean {
    return this.request.expectsNoStream;
  }

  isDone(state: State): boolean {
    return this.request.isDone?.(state) ?? false;
  }

  /** Finds out anew whether it is admitted, where that is not known any more. @throws Rejection where it is not */
  admitted(): Promise<unknown> | undefined {
    return this.request.context.admission?.renewed();
  }

  /** Makes stand what its events rely on, for its own request, whoever opened the lane; undefined where that stands. It is refused where that cannot be. */
  founded(): Promise<unknown> | undefined {
    const { context } = this.request;
    const { premise } = context;
    if (!premise) return undefined;
    try {
      return runInContext(context, () => premise.unmet())?.catch((error: unknown) => this.refuse(error));
    } catch (error) {
      this.refuse(error);
      return Promise.resolve();
    }
  }

  /** Others before it have been answered: who only waits for his turn is not trying in vain. */
  keepWaiting(): void {
    this.deadline = Math.max(this.deadline, Math.min(Date.now() + turnMs, this.request.context.deadline + queueingMs));
  }

  /** It waits no longer than its request asked for, whoever is before it. */
  hurry(): void {
    this.deadline = Math.min(this.deadline, this.request.context.deadline);
  }

  /** Until when an answer is waited for, in milliseconds since 1970. */
  get givenUpAt(): number {
    return this.unsettled ? Math.max(this.deadline, this.appendEnds + settlingMs) : this.deadline;
  }

  /** Until when an append of its events may take, in milliseconds since 1970. */
  get appendableUntil(): number {
    return this.unsettled ? this.deadline + againMs : this.deadline;
  }

  /** Its events are given to the log, in an append that may take until then: whether they are in it is not known before that is answered. */
  give(appendEnds: number): void {
    this.sent = this.unsettled = true;
    this.appendEnds = appendEnds;
  }

  /** From which revision on an earlier try of the same request may have left its events on this stream; undefined when there was none. */
  earlierFrom(stream: string): number | undefined {
    const revision = this.attempt?.earlierTry?.streams[stream];
    return revision === undefined ? undefined : revision + 1;
  }

  get requestId(): string {
    return this.request.context.requestId;
  }

  get keyScope(): string | undefined {
    return this.attempt?.scope;
  }

  /** What has to be stored of its key with an append to that stream; undefined where it has none, or it is stored. */
  keyRow(stream: string, revision: number): KeyRow | undefined {
    return this.progress?.begun.has(stream) ? undefined : this.attempt?.rowFor(stream, revision);
  }

  /** Stores its key's row ahead of the append, for a log that does not. @throws KeyKnown */
  async keepKey(stream: string, row: KeyRow): Promise<void> {
    await this.attempt?.keep(row);
    this.keyIsKept(stream);
  }

  keyIsKept(stream: string): void {
    this.progress?.begun.add(stream);
  }

  /**
   * The command's own events on top of a state, and the state after them.
   * @throws Rejection by the decision, by what admits the request's commands, or PRECONDITION_FAILED; StreamExists
   */
  decideOn(
    base: Committed<State>,
    stream: string,
    now: Date,
    definition: Stream<State, E>,
  ): { events: RecordedEvent<E>[]; after: Committed<State> } {
    const { context, mustBeNew, decide, matched = base.revision } = this.request;
    context.admission?.check();
    if (mustBeNew && base.revision >= 0) throw new StreamExists(stream);
    let { state, revision, lastEventId } = base;
    // A lane decides for whoever waits in it, so without this a decision would see the context of the request that opened the lane.
    const decided = runInContext(context, () => asExpected(context.expectedRevisions, matched, () => decide(base.state)));
    const events = decided.map(({ type, data, effectiveAt, version }, ordinal) => {
      revision += 1;
      lastEventId = this.idAt(ordinal);
      const append = decided.length > 1 ? { index: ordinal, size: decided.length } : undefined;
      const metadata = metadataOf(context, { now, effectiveAt, version, append });
      const event = { id: lastEventId, stream, revision, position: 0n, type, data, metadata } as unknown as RecordedEvent<E>;
      refuseTooLarge(event);
      state = definition.evolve(state, event);
      return event;
    });
    return { events, after: { ...base, state, revision, lastEventId } };
  }

  /** Looks whether a stored event is its own. Events of one append stand together, so they are met in order. */
  recognise(event: RecordedEvent<E>, state: State): void {
    if (event.id !== this.idAt(this.found.length)) return;
    this.found.push(event);
    this.foundState = { state, revision: event.revision, position: event.position };
  }

  /** Answers from its own events if they were met; true when it did. */
  answerIfFound(): boolean {
    if (!this.foundState) return false;
    if (this.attempt?.earlierTry) this.attempt.recognised();
    this.answer({ ...this.foundState, events: this.found });
    return true;
  }

  answer(outcome: Outcome<State>): void {
    if (this.progress) this.progress.nextOrdinal = this.firstOrdinal + outcome.events.length;
    if (outcome.events.length > 0) this.attempt?.committed(outcome.position);
    this.resolve(outcome);
  }

  /** Says that its time is over. An append that is under way may still happen: whoever has an Idempotency-Key can ask again. */
  expire(): void {
    this.refuse(new Rejection('UNAVAILABLE', 'The request could not be completed in time. Please try again.'));
  }

  refuse(error: unknown): void {
    this.refused = true;
    this.reject(error);
  }

  private idAt(ordinal: number): string {
    const known = this.ids[ordinal];
    if (known !== undefined) return known;
    const { eventId } = this.request;
    const id = eventId ? eventId(ordinal) : (this.attempt?.eventId(this.firstOrdinal + ordinal) ?? newEventId());
    this.ids[ordinal] = id;
    return id;
  }
}

/**
 * Decides where the revision is one of those expected. What does not exist, or not for who asks, is said before that it has changed, whatever revision it
 * has (access.md, S51), so the decision is asked in either case.
 */
export function asExpected<Decided>(expected: CommandContext['expectedRevisions'], revision: number, decide: () => Decided): Decided {
  if (isExpected(expected, revision)) return decide();
  try {
    decide();
  } catch (refusal) {
    if (!(refusal instanceof Rejection) || refusal.code === 'NOT_FOUND') throw refusal;
  }
  throw changedSince();
}

type Facts = Readonly<{ now: Date; effectiveAt?: string; version?: number; append?: EventMetadata['append'] }>;

function metadataOf(context: CommandContext, facts: Facts): EventMetadata {
  const { credential } = context;
  const { now, append, version = 1 } = facts;
  // In the order of the canonical text, which saves sorting them.
  return {
    $causationId: context.causationId,
    $correlationId: context.correlationId,
    actor: context.actor,
    ...(append && { append }),
    ...(credential && { credential }),
    customer_id: context.customerId,
    effective_at: businessDay(context, facts),
    entity_id: context.entityId,
    recorded_at: now.toISOString(),
    request_id: context.requestId,
    schema_version: version,
  };
}

/** The date an event belongs to: its own, that of its cause, or that of the instant it (or a cause from before dates were noted) happened at, where the site is. */
function businessDay({ effectiveAt: ofCause, timeZone = 'Etc/UTC' }: CommandContext, { now, effectiveAt }: Facts): string {
  const said = effectiveAt !== undefined && isPlainDate(effectiveAt) ? effectiveAt : (ofCause ?? effectiveAt);
  return said !== undefined && isPlainDate(said) ? said : dayIn(timeZone, said === undefined ? now : new Date(said));
}

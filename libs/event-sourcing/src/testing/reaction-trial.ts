import type { ExecuteOptions } from '../event-store.js';
import type { Event, RecordedEvent } from '../event.js';
import type { Stream } from '../decider.js';
import type { Reaction, ReactionWorld } from '../process-managers/reaction.js';
import { streamName } from '../stream-name.js';

/** What was appended because of an event, by stream. */
export type Appended = Readonly<Record<string, readonly Event[]>>;

/**
 * Tries a reaction without a database: given what happened, when something happens, then this is appended because of it.
 * Ids follow from the event as they do in the engine, and what is appended already is not appended again.
 */
export class ReactionTrial {
  private readonly log: RecordedEvent[] = [];
  private last = 0;

  constructor(
    private readonly reaction: Reaction,
    private readonly timeZone = 'Etc/UTC',
  ) {}

  given<State, E extends Event>({ category }: Stream<State, E>, id: number, ...events: readonly E[]): this {
    for (const event of events) this.record(streamName(category, id), event, `given ${this.log.length}`);
    return this;
  }

  /** The event happens, and the reaction takes it. */
  async when<State, E extends Event>({ category }: Stream<State, E>, id: number, event: E): Promise<Appended> {
    return this.reactTo(this.record(streamName(category, id), event, `when ${this.log.length}`));
  }

  /** The reaction takes the last event that it was given once more, as after a crash. */
  async again(): Promise<Appended> {
    const cause = this.log.findLast(({ id }) => id.startsWith('when'));
    if (!cause) throw new Error('nothing has happened yet');
    return this.reactTo(cause);
  }

  private async reactTo(cause: RecordedEvent): Promise<Appended> {
    const before = this.log.length;
    await this.reaction.react(cause, { events: this.events(), timeZoneOf: () => Promise.resolve(this.timeZone) });
    const appended: Record<string, Event[]> = {};
    for (const { stream, type, data } of this.log.slice(before)) (appended[stream] ??= []).push({ type, data });
    return appended;
  }

  private record(stream: string, event: Event, id: string, metadata: Partial<RecordedEvent['metadata']> = {}): RecordedEvent {
    const recorded: RecordedEvent = {
      ...event,
      id,
      stream,
      revision: this.of(stream).length,
      position: BigInt(this.log.length + 1),
      metadata: {
        recorded_at: '2026-01-31T12:00:00.000Z',
        effective_at: '2026-01-31',
        schema_version: event.version ?? 1,
        actor: { kind: 'user', id: '1' },
        entity_id: 1,
        customer_id: 1,
        request_id: 'request',
        $correlationId: 'correlation',
        $causationId: 'request',
        ...metadata,
      },
    };
    this.log.push(recorded);
    return recorded;
  }

  private of(stream: string): RecordedEvent[] {
    return this.log.filter((event) => event.stream === stream);
  }

  private stateOf<State, E extends Event>({ initialState, evolve }: Stream<State, E>, events: readonly RecordedEvent[]): State {
    return (events as readonly RecordedEvent<E>[]).reduce(evolve, initialState);
  }

  private events(): ReactionWorld['events'] {
    return {
      loadAt: (stream, id, revision) =>
        Promise.resolve(this.stateOf(stream, this.of(streamName(stream.category, id)).slice(0, revision + 1))),
      nextId: () => Promise.resolve((this.last += 1)),
      hasAppended: (stream, id, eventId) => Promise.resolve(this.of(streamName(stream.category, id)).some((event) => event.id === eventId)),
      execute: <State, E extends Event>(
        stream: Stream<State, E>,
        id: number | string,
        decide: (state: State) => readonly E[],
        { context, eventId = (ordinal) => `event ${ordinal}` }: ExecuteOptions = {},
      ) => {
        const name = streamName(stream.category, id);
        const decided = decide(this.stateOf(stream, this.of(name)));
        const known = new Set(this.log.map((event) => event.id));
        const fresh = decided.flatMap((event, ordinal) => (known.has(eventId(ordinal)) ? [] : [{ event, id: eventId(ordinal) }]));
        const metadata = context && { actor: context.actor, $causationId: context.causationId };
        const events = fresh.map((one) => this.record(name, one.event, one.id, metadata)) as RecordedEvent<E>[];
        const all = this.of(name);
        const last = all.at(-1);
        return Promise.resolve({
          state: this.stateOf(stream, all),
          revision: all.length - 1,
          position: last?.position ?? 0n,
          events: events as never,
        });
      },
    };
  }
}

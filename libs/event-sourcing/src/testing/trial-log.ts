import { randomUUID } from 'node:crypto';
import { surroundingContext } from '../command-context.js';
import type { Stream } from '../decider.js';
import { refuseTooLarge } from '../event-size.js';
import type { EventStore, ExecuteOptions } from '../event-store.js';
import type { Event, RecordedEvent } from '../event.js';
import { asExpected } from '../pending-command.js';
import { streamName } from '../stream-name.js';

/** What was appended, by stream. */
export type Appended = Readonly<Record<string, readonly Event[]>>;

/** A log in memory, for trials: what is appended already is not appended again, and what would be too large, or expects another revision, is refused. */
export class TrialLog {
  private readonly log: RecordedEvent[] = [];
  private last = 0;

  get length(): number {
    return this.log.length;
  }

  since(length: number): Appended {
    const appended: Record<string, Event[]> = {};
    for (const { stream, type, data } of this.log.slice(length)) (appended[stream] ??= []).push({ type, data });
    return appended;
  }

  record(stream: string, event: Event, id: string = randomUUID(), metadata: Partial<RecordedEvent['metadata']> = {}): RecordedEvent {
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

  events(): Pick<EventStore, 'create' | 'execute' | 'hasAppended' | 'load' | 'loadAt' | 'loadUpTo' | 'nextId'> {
    const events: ReturnType<TrialLog['events']> = {
      create: async (stream, _sequence, decide) => {
        const id = (this.last += 1);
        return { ...(await events.execute(stream, id, (state) => decide(state, id))), id };
      },
      load: (stream, id) => {
        const all = this.of(streamName(stream.category, id));
        return Promise.resolve({ state: this.stateOf(stream, all), revision: all.length - 1, position: all.at(-1)?.position ?? 0n });
      },
      loadAt: (stream, id, revision) =>
        Promise.resolve(this.stateOf(stream, this.of(streamName(stream.category, id)).slice(0, revision + 1))),
      loadUpTo: (stream, id, upTo) => {
        const all = this.of(streamName(stream.category, id)).filter(({ position }) => position <= upTo);
        return Promise.resolve({ state: this.stateOf(stream, all), revision: all.length - 1, position: all.at(-1)?.position ?? 0n });
      },
      nextId: () => Promise.resolve((this.last += 1)),
      hasAppended: (stream, id, eventId) => Promise.resolve(this.of(streamName(stream.category, id)).some((event) => event.id === eventId)),
      execute: <State, E extends Event>(
        stream: Stream<State, E>,
        id: number | string,
        decide: (state: State) => readonly E[],
        { context, eventId = () => randomUUID() }: ExecuteOptions = {},
      ) => {
        const name = streamName(stream.category, id);
        const past = this.of(name);
        const { expectedRevisions } = context ?? surroundingContext() ?? {};
        const decided = asExpected(expectedRevisions, past.length - 1, () => decide(this.stateOf(stream, past)));
        const known = new Set(this.log.map((event) => event.id));
        const fresh = decided.flatMap((event, ordinal) => (known.has(eventId(ordinal)) ? [] : [{ event, id: eventId(ordinal) }]));
        const metadata = context && { actor: context.actor, $causationId: context.causationId };
        const before = this.log.length;
        const events = fresh.map((one) => this.record(name, one.event, one.id, metadata)) as RecordedEvent<E>[];
        try {
          events.forEach(refuseTooLarge);
        } catch (refusal) {
          this.log.length = before;
          throw refusal;
        }
        const all = this.of(name);
        return Promise.resolve({
          state: this.stateOf(stream, all),
          revision: all.length - 1,
          position: all.at(-1)?.position ?? 0n,
          events: events as never,
        });
      },
    };
    return events;
  }

  private of(stream: string): RecordedEvent[] {
    return this.log.filter((event) => event.stream === stream);
  }

  private stateOf<State, E extends Event>({ initialState, evolve }: Stream<State, E>, events: readonly RecordedEvent[]): State {
    return (events as readonly RecordedEvent<E>[]).reduce(evolve, initialState);
  }
}

import type { Clock } from '../clock.js';
import type { CommandContext } from '../command-context.js';
import { Rejection, type Stream } from '../decider.js';
import { nameBasedUuid } from '../event-ids.js';
import type { Event, RecordedEvent } from '../event.js';
import type { EventStore } from '../event-store.js';
import { streamName } from '../stream-name.js';

/**
 * A site at a revision of its stream. `timeZone` is an IANA name: on its calendar what is due belongs to a day. `archivedAt`: since when it is archived;
 * undefined where it is not.
 */
export type SiteOfTimer = Readonly<{ timeZone: string | undefined; archivedAt: Date | undefined; revision: number }>;

/** What timers need of the world. */
export type TimerWorld = Readonly<{
  events: Pick<EventStore, 'execute' | 'hasAppended' | 'load' | 'nextId'>;
  /** A site as the log has it by now. */
  siteOf(entityId: number): Promise<SiteOfTimer>;
  clock: Clock;
}>;

/** What the command of a timer belongs to: said by an event of the stream, or by the request that does not wait for the timer. */
export type Origin = Readonly<{ entityId: number | null; customerId: number; correlationId: string; causationId: string }>;

/** What a stream says about its next due instant, and at which revision. */
export type Due = Readonly<{ due: Date | undefined; revision: number }>;

/**
 * What is due next, and whether the instant was decided, now or by an earlier try; it was not where the stream was not due at it any more. `appended`: how many
 * events that took just now.
 */
export type Raised = Due & Readonly<{ decided: boolean; appended: number }>;

/** What a decision may ask beside the due instant. */
export type Raising = Readonly<{
  /** When it is decided, or when its site was archived: what else has come due by then, after a standstill. */
  now: Date;
  /** The next id of the timer's sequence, for what the event brings into being; 0 without one. Not the same on every try, so it may only end in events. */
  id: number;
}>;

/** A due instant that becomes a command. */
export type Timer = Readonly<{
  /** kebab-case, unique among process managers, part of the ids of the events for ever. */
  name: string;
  category: string;
  dueOf(id: number, world: TimerWorld): Promise<Due>;
  /** Decides what follows from a due instant, unless the stream is due at another by now. */
  raise(id: number, dueAt: Date, origin: Origin, world: TimerWorld): Promise<Raised>;
}>;

/** The namespace of the ids of events that timers append; the same for ever. */
const namespace = '0b1f4c0e-6d0a-5c53-9c1e-7f0a3d2c9b41';

/** One try to carry out a command may meet this many milliseconds of conflicts; it is tried again without limit. */
const patienceMs = 2_000;

/**
 * Turns time into commands on a stream. `due` says from its state when something is due next; once that instant has come, `then` says what happened, at
 * least tried once and decided once: the ids of the events follow from timer, stream and due instant. A Rejection of `then` is an outcome: nothing
 * happens at that instant, and the next one is taken from the state. What else is thrown is tried again, and holds up only its stream.
 * What follows is judged by `dueAt`; the time at which it is decided, which may be a week later, says only how much was missed. An instant is due once:
 * a state that is due again says a later one.
 * @param draws the sequence of ids of which each decision is given one
 * @param atArchivedSite what is said first where the site was archived before that instant: a stream that it leaves due at another instant, or at none, raises
 *   nothing. What came before the site was archived is raised, however late the timer is.
 */
export function timer<State, E extends Event>({
  name,
  on: stream,
  due,
  then,
  draws,
  atArchivedSite,
}: Readonly<{
  name: string;
  on: Stream<State, E>;
  due: (state: State) => Date | undefined;
  then: (state: State, dueAt: Date, raising: Raising) => readonly E[];
  draws?: string;
  atArchivedSite?: (state: State, site: SiteOfTimer) => readonly E[];
}>): Timer {
  return {
    name,
    category: stream.category,
    async dueOf(id, { events }) {
      const { state, revision } = await events.load(stream, id);
      return { due: due(state), revision };
    },
    async raise(id, dueAt, origin, world) {
      const site = origin.entityId === null ? undefined : await world.siteOf(origin.entityId);
      const context = contextOf(name, dueAt, origin, site);
      const { archivedAt } = site ?? {};
      // It decides nothing about the instant, which may come due once more, so it has none of that decision's ids.
      const held =
        site && archivedAt && archivedAt < dueAt && atArchivedSite
          ? (await world.events.execute(stream, id, (state) => atArchivedSite(state, site), { context })).events.length
          : 0;
      let decided = false;
      const raising: Raising = {
        now: earliest(world.clock.now(), archivedAt),
        id: draws === undefined ? 0 : await world.events.nextId(draws),
      };
      const judged = (state: State): readonly E[] => {
        decided = due(state)?.getTime() === dueAt.getTime();
        if (!decided) return [];
        try {
          return then(state, dueAt, raising);
        } catch (error) {
          if (error instanceof Rejection) return [];
          throw error;
        }
      };
      const raised = `${name} ${streamName(stream.category, id)} ${dueAt.toISOString()}`;
      const eventId = (ordinal: number): string => nameBasedUuid(`${raised} ${ordinal}`, namespace);
      try {
        const { state, revision, events } = await world.events.execute(stream, id, judged, { context, eventId });
        return { due: due(state), revision, decided, appended: held + events.length };
      } catch (error) {
        // The log takes no event twice. One that has these was given them before its worker ended, by a stream that is still due at that instant.
        if (!(await world.events.hasAppended(stream, id, eventId(0), 0n))) throw error;
        return { ...(await this.dueOf(id, world)), decided: true, appended: held };
      }
    },
  };
}

const earliest = (one: Date, other: Date | undefined): Date => (other && other < one ? other : one);

/** It happens at the due instant, on the day that this is at the site. */
const contextOf = (name: string, dueAt: Date, origin: Origin, site: SiteOfTimer | undefined): CommandContext => ({
  actor: { kind: 'process_manager', id: name },
  effectiveAt: dueAt.toISOString(),
  timeZone: site?.timeZone,
  ...origin,
  requestId: origin.causationId,
  deadline: Date.now() + patienceMs,
});

export const originOf = ({ id, metadata }: RecordedEvent): Origin => ({
  entityId: metadata.entity_id,
  customerId: metadata.customer_id,
  correlationId: metadata.$correlationId,
  causationId: id,
});

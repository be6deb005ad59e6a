import { dayIn, isPlainDate } from '../business-day.js';
import type { CommandContext } from '../command-context.js';
import { Rejection, type Stream } from '../decider.js';
import { nameBasedUuid } from '../event-ids.js';
import type { Event, Json, RecordedEvent } from '../event.js';
import type { EventStore } from '../event-store.js';
import type { KeptText, KeptTexts } from '../kept-texts/kept-texts.js';
import type { Outbox } from '../outbox/outbox.js';
import { idOf, streamName } from '../stream-name.js';
import type { ProcessManager } from './process-manager.js';

/** How a command of a reaction is told from others that one event leads to, and what is done where its decision says no. */
export type ReactionCommand<Target = never> = Readonly<{
  /** A verb, part of the ids of the events for ever: two commands on one stream because of one event need two. */
  command: string;
  /** A refusal is an outcome: whoever reacts says what follows from it. */
  refused(refusal: Rejection): unknown;
  /**
   * Whoever did what it follows from does this, too: what he asked for is carried out here, also as of an instant that its events say (`effectiveAt`). Left
   * out, nobody but the reaction does, on the day of its cause.
   */
  inNameOf?: 'cause';
  /** Whether a state of the target says for good that it has been done: then nothing is asked of the log. */
  isDone?: (state: Target) => boolean;
}>;

/**
 * What a reaction may do because of one event. Every append names the event as its cause, belongs to its site and day, and has the same ids however
 * often it is tried, so that the log takes it once. A stream that is created this way takes its id from the event, which names it.
 */
export interface Consequences<State> {
  /** The state just before the event, whatever came later: a reaction judges by the order of the log, never by a fresh read. */
  before(): Promise<State>;
  /** The state of another stream when the log had come to the event. */
  stateThen<Target, E extends Event>(stream: Stream<Target, E>, id: number): Promise<Target>;
  /** The time zone of the event's site (an IANA name), for what belongs to another day than the event; UTC where there is no site. */
  timeZone(): Promise<string>;
  /**
   * Decides on a stream; conflicts are decided anew without limit. Answers the state after it, or undefined after a refusal.
   * What is thrown that is no refusal of the decision has the whole event handled again.
   */
  execute<Target, E extends Event>(
    stream: Stream<Target, E>,
    id: number,
    decide: (state: Target) => readonly E[],
    how: ReactionCommand<Target>,
  ): Promise<Target | undefined>;
  /** The next id of a sequence: not the same on every try, so it may only end in events, which are appended once. */
  nextId(sequence: string): Promise<number>;
  /**
   * Keeps a text outside of events, for a record that takes its id from that sequence: text, id and digest are the same on every try.
   * `what`: how it is told from other texts that one event leads to.
   */
  keepText(what: string, content: string, sequence: string): Promise<KeptText>;
  /** Has a message delivered to somebody outside, at least once and whatever becomes of the receiver: nothing waits for it. */
  send(channel: string, receiver: string, content: Json): Promise<void>;
}

type Reactions<State, E extends Event> = Readonly<{
  [Type in E['type']]?: (event: RecordedEvent<Extract<E, Readonly<{ type: Type }>>>, then: Consequences<State>) => Promise<void>;
}>;

/** What happens because of something that happened. */
export type Reaction = Readonly<{
  name: string;
  category: string;
  startsAt: ProcessManager['startsAt'];
  /** The types of the events that something follows from. */
  follows: ReadonlySet<string>;
}> &
  Readonly<{ react(event: RecordedEvent, world: ReactionWorld): Promise<void> }>;

/** What reactions need of the world. */
export type ReactionWorld = Readonly<{
  events: Pick<EventStore, 'execute' | 'hasAppended' | 'loadAt' | 'loadUpTo' | 'nextId'>;
  outbox: Pick<Outbox, 'put'>;
  texts: Pick<KeptTexts, 'keep' | 'stay'>;
  /** The time zone of a site, for events that have no date of it yet, as those of earlier releases, and for reactions that ask. */
  timeZoneOf(entityId: number): Promise<string | undefined>;
}>;

/** One try to carry out a command may meet this many milliseconds of conflicts; the engine tries again without limit. */
const patienceMs = 2_000;

/**
 * Turns the events of a stream into commands: `to` says for each type what follows. Effects must be idempotent beyond their event ids only where a
 * decision depends on what other commands did meanwhile (a fence).
 */
export function reaction<State, E extends Event>({
  name,
  on: { category, ...stream },
  startsAt,
  to,
}: Readonly<{ name: string; on: Stream<State, E>; startsAt: ProcessManager['startsAt']; to: Reactions<State, E> }>): Reaction {
  const reactions = new Map(Object.entries(to)) as ReadonlyMap<string, (event: RecordedEvent, then: Consequences<State>) => Promise<void>>;
  return {
    name,
    category,
    startsAt,
    follows: new Set(reactions.keys()),
    async react(event, world) {
      const react = reactions.get(event.type);
      if (!react) return;
      await react(event, await consequencesOf(name, { category, ...stream }, event, world));
    },
  };
}

/** A reaction as the engine works it. */
export const processManagerOf = ({ name, category, startsAt, react }: Reaction, world: ReactionWorld): ProcessManager => ({
  name,
  categories: [category],
  startsAt,
  handle: (event) => react(event, world),
});

async function consequencesOf<State, E extends Event>(
  name: string,
  stream: Stream<State, E>,
  cause: RecordedEvent,
  { events, outbox, texts, timeZoneOf }: ReactionWorld,
): Promise<Consequences<State>> {
  const { id: causationId, metadata } = cause;
  const { entity_id: entityId, effective_at: effectiveAt } = metadata;
  const timeZone = entityId === null || isPlainDate(effectiveAt) ? undefined : await timeZoneOf(entityId);
  const context = (): CommandContext => ({
    actor: { kind: 'process_manager', id: name },
    effectiveAt,
    timeZone,
    customerId: metadata.customer_id,
    entityId,
    requestId: metadata.request_id,
    correlationId: metadata.$correlationId,
    causationId,
    deadline: Date.now() + patienceMs,
  });
  const zone = async (): Promise<string> => (entityId === null ? undefined : await timeZoneOf(entityId)) ?? 'Etc/UTC';
  const keptTexts: KeptText[] = [];
  const given = new Set<string>();
  const giveOnce = (what: string): void => {
    if (given.has(what)) throw new Error(`${name}: "${what}" is given twice because of one event`);
    given.add(what);
  };
  return {
    before: () => events.loadAt(stream, idOf(cause.stream), cause.revision - 1),
    stateThen: async (other, id) => (await events.loadUpTo(other, id, cause.position)).state,
    timeZone: zone,
    nextId: async (sequence) => events.nextId(sequence),
    async keepText(what, content, sequence) {
      const text = `text ${what}`;
      giveOnce(text);
      const id = nameBasedUuid(`${name} ${text}`, causationId);
      const kept = await texts.keep({ id, recordId: await events.nextId(sequence), content });
      keptTexts.push(kept);
      return kept;
    },
    async send(channel, receiver, content) {
      const sent = `send ${channel} ${receiver}`;
      giveOnce(sent);
      await outbox.put({ id: nameBasedUuid(`${name} ${sent}`, causationId), channel, receiver, content });
    },
    async execute(target, id, decide, { command, refused, inNameOf, isDone }) {
      const commandAndTarget = `${command} ${streamName(target.category, id)}`;
      giveOnce(commandAndTarget);
      const days = inNameOf && ownDays(zone);
      let refusal: Rejection | undefined;
      const judged: typeof decide = (state) => {
        try {
          refusal = undefined;
          return days ? days.on(decide(state)) : decide(state);
        } catch (error) {
          if (!(error instanceof Rejection)) throw error;
          refusal = error;
          return [];
        }
      };
      const eventId = (ordinal: number): string => nameBasedUuid(`${commandAndTarget} ${ordinal}`, causationId);
      const whose = inNameOf && { actor: metadata.actor, credential: metadata.credential };
      const carriedOut = () => events.execute(target, id, judged, { context: { ...context(), ...whose }, eventId, isDone });
      let { state } = await carriedOut();
      if (await days?.wasMissing()) ({ state } = await carriedOut());
      // Which of them it names is not asked.
      for (const kept of keptTexts) await texts.stay(kept);
      // A worker that ended before its checkpoint was stored may have carried it out: then the decision says no to a second time.
      if (!refusal || (await events.hasAppended(target, id, eventId(0), cause.position))) return state;
      await refused(refusal);
      return undefined;
    },
  };
}

/** The days of what a command decides at its own instants. The log is asked for the site's zone where an event says one, which few do. */
function ownDays(zoneNow: () => Promise<string>) {
  let [zone, isMissing]: [string | undefined, boolean] = [undefined, false];
  return {
    /** The events on their days; nothing yet, where the zone is wanted for that. */
    on<E extends Event>(events: readonly E[]): readonly E[] {
      const known = zone;
      isMissing = known === undefined && events.some(({ effectiveAt }) => isInstant(effectiveAt));
      return known === undefined ? (isMissing ? [] : events) : events.map((event) => onItsDay(event, known));
    },
    /** Whether the zone was wanted: it is known now, and what was decided is to be decided again. */
    async wasMissing(): Promise<boolean> {
      if (isMissing) zone = await zoneNow();
      return isMissing;
    },
  };
}

const isInstant = (effectiveAt: string | undefined): effectiveAt is string => effectiveAt !== undefined && !isPlainDate(effectiveAt);

/** As a date, what an event says of itself wins over the day of its cause. */
const onItsDay = <E extends Event>(event: E, zone: string): E =>
  isInstant(event.effectiveAt) ? { ...event, effectiveAt: dayIn(zone, new Date(event.effectiveAt)) } : event;

import { LRUCache } from 'lru-cache';
import type { Stream } from './decider.js';
import type { EventLog } from './event-log.js';
import type { Event, Position, RecordedEvent } from './event.js';
import { silentLogger, type EngineLogger } from './projections/engine-logger.js';
import { pagesFromState, stateFromPages } from './snapshot-pages.js';
import type { SnapshotStore } from './snapshots.js';

/** A state that was read from, or acknowledged by, the log: never one that hopes for an append to succeed. */
export type Committed<State> = Readonly<{
  state: State;
  /** -1 where the stream does not exist. */
  revision: number;
  position: Position;
  /** The id of the event at `revision`, empty where there is none. */
  lastEventId: string;
  /** The newest snapshot this process knows of, so that the next one writes changed pages only. */
  snapshot?: Readonly<{ revision: number; state: State }>;
}>;

/** What a stream is before its first event. */
export const noStream = <State, E extends Event>({ initialState }: Stream<State, E>): Committed<State> => ({
  state: initialState,
  revision: -1,
  position: 0n,
  lastEventId: '',
});

/** Told of every event read, with the state right after it. */
type Visitor<State, E extends Event> = (event: RecordedEvent<E>, state: State) => void;

const pageSize = 500;
/** Events that are read at first where what came last is to be left out. */
const firstStep = 8;
/** Revisions between the earlier states that are kept of a stream that goes on and on. */
const revisionsBetweenMarks = 64;
/** Streams whose last asked earlier revision is kept. */
const askedStreams = 1_000;

/** Knows the states of streams: the recently used ones are kept hot, and long streams start from a snapshot. */
export class CommittedStates {
  /** `marks` are two earlier states, for whoever wants to know what a stream was a moment ago. */
  private readonly hot: LRUCache<string, { definition: object; committed: Committed<unknown>; marks: readonly Committed<unknown>[] }>;
  /** Earlier revisions that were asked for last, a stream. */
  private readonly asked = new LRUCache<string, { definition: object; committed: Committed<unknown> }>({ max: askedStreams });
  private readonly saving = new Map<string, Promise<void>>();

  constructor(
    private readonly log: EventLog,
    private readonly snapshots: SnapshotStore | undefined,
    max: number,
    private readonly logger: Pick<EngineLogger, 'warn'> = silentLogger,
  ) {
    this.hot = new LRUCache({ max });
  }

  /** What this process saw last. Another process may have gone on since: whoever does not append at this revision has to look first. */
  recent<State, E extends Event>(definition: Stream<State, E>, name: string): Committed<State> | undefined {
    const entry = this.hot.get(name);
    return entry?.definition === definition ? (entry.committed as Committed<State>) : undefined;
  }

  /** The state with everything that is in the log by now. */
  async fresh<State, E extends Event>(
    definition: Stream<State, E>,
    name: string,
    from: Committed<State> | undefined = this.recent(definition, name),
    visit?: Visitor<State, E>,
  ): Promise<Committed<State>> {
    const base = from ?? (await this.start(definition, name, Number.MAX_SAFE_INTEGER));
    const committed = await this.fold(definition, name, base, Number.MAX_SAFE_INTEGER, visit);
    this.remember(definition, name, committed);
    return committed;
  }

  /** The state after exactly this revision. */
  async at<State, E extends Event>(definition: Stream<State, E>, name: string, revision: number): Promise<Committed<State>> {
    const recent = this.recent(definition, name);
    if (recent?.revision === revision) return recent;
    // Whoever goes through a stream event by event asks for one revision after the other.
    const [asked, entry] = [this.asked.get(name), this.hot.get(name)];
    const known = [
      ...(asked?.definition === definition ? [asked.committed] : []),
      ...(entry?.definition === definition ? entry.marks : []),
    ].filter((committed) => committed.revision <= revision) as Committed<State>[];
    const before = known.sort((one, other) => other.revision - one.revision)[0];
    const committed = await this.fold(definition, name, before ?? (await this.start(definition, name, revision)), revision);
    this.asked.set(name, { definition, committed });
    return committed;
  }

  /** The state as it was when the log had come to this position. */
  async upTo<State, E extends Event>(definition: Stream<State, E>, name: string, position: Position): Promise<Committed<State>> {
    const now = await this.fresh(definition, name);
    if (now.position <= position) return now;
    // What came since is little as a rule: it is looked for from the end, in longer and longer steps.
    for (let end = now.revision + 1, step = firstStep; end > 0; step = Math.min(4 * step, pageSize)) {
      const first = Math.max(0, end - step);
      const page = await this.log.readStream(name, first, end - first);
      const last = page.findLast((event) => event.position <= position);
      if (last) return this.at(definition, name, last.revision);
      end = first;
    }
    return this.at(definition, name, -1);
  }

  remember<State, E extends Event>(definition: Stream<State, E>, name: string, committed: Committed<State>): void {
    const known = this.recent(definition, name);
    if (known && known.revision > committed.revision) return;
    const marks = known ? (this.hot.get(name)?.marks ?? []) : [];
    const isFar = known && committed.revision - (marks[0]?.revision ?? 0) >= revisionsBetweenMarks;
    // A command that was under way while a snapshot was stored knows only the one before.
    const isKnownNewer = (known?.snapshot?.revision ?? -1) > (committed.snapshot?.revision ?? -1);
    const next = isKnownNewer ? { ...committed, snapshot: known?.snapshot } : committed;
    this.hot.set(name, { definition, committed: next, marks: isFar ? [known, ...marks.slice(0, 1)] : marks });
    this.considerSnapshot(definition, name, next);
  }

  /** Waits for snapshots that are being written. */
  async settled(): Promise<void> {
    await Promise.all(this.saving.values());
  }

  private async fold<State, E extends Event>(
    definition: Stream<State, E>,
    name: string,
    base: Committed<State>,
    lastRevision: number,
    visit?: Visitor<State, E>,
  ): Promise<Committed<State>> {
    let { state, revision, position, lastEventId } = base;
    while (revision < lastRevision) {
      const limit = Math.min(pageSize, lastRevision - revision);
      const page = (await this.log.readStream(name, revision + 1, limit)) as unknown as RecordedEvent<E>[];
      for (const event of page) {
        state = definition.evolve(state, event);
        ({ revision, position, id: lastEventId } = event);
        visit?.(event, state);
      }
      if (page.length < limit) break;
    }
    return { ...base, state, revision, position, lastEventId };
  }

  /** Where a fold begins: the newest snapshot not past the revision, if it belongs to this very log, else nothing. */
  private async start<State, E extends Event>(definition: Stream<State, E>, name: string, revision: number): Promise<Committed<State>> {
    const nothing = noStream(definition);
    const format = definition.snapshots;
    if (!format || !this.snapshots) return nothing;
    // Snapshots are disposable: if they cannot be read the events say the same.
    const saved = await this.snapshots.load(name, format.version).catch((error: unknown) => {
      this.logger.warn({ err: error, stream: name }, 'a snapshot cannot be read; the whole stream is');
      return undefined;
    });
    if (!saved || saved.revision > revision) return nothing;
    const [last] = await this.log.readStream(name, saved.revision, 1);
    if (last?.id !== saved.eventId) return nothing;
    const state = await stateFromPages(format, saved.pages);
    return {
      state,
      revision: saved.revision,
      position: last.position,
      lastEventId: last.id,
      snapshot: { revision: saved.revision, state },
    };
  }

  private considerSnapshot<State, E extends Event>(definition: Stream<State, E>, name: string, committed: Committed<State>): void {
    const { snapshots: format } = definition;
    const store = this.snapshots;
    if (!format || !store || this.saving.has(name)) return;
    if (committed.revision - (committed.snapshot?.revision ?? -1) < format.everyEvents) return;
    const { state, revision, lastEventId, snapshot } = committed;
    const save = async (): Promise<void> => {
      const header = { stream: name, version: format.version, revision, eventId: lastEventId };
      const saved = snapshot && (await store.saveChanges(header, snapshot.revision, await pagesFromState(format, state, snapshot.state)));
      if (!saved) await store.saveAll(header, await pagesFromState(format, state));
      const entry = this.recent(definition, name);
      const marks = this.hot.get(name)?.marks ?? [];
      if (entry) this.hot.set(name, { definition, committed: { ...entry, snapshot: { revision, state } }, marks });
    };
    // Beside the command's path: a snapshot that fails is tried again after the next append.
    const saving = new Promise<void>((resolve) => setImmediate(resolve))
      .then(save)
      .catch((error: unknown) => this.logger.warn({ err: error, stream: name }, 'a snapshot cannot be stored'))
      .finally(() => this.saving.delete(name));
    this.saving.set(name, saving);
  }
}

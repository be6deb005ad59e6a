import { BACKWARDS, END, FORWARDS, type AllStreamResolvedEvent, type EventStoreDBClient } from '@eventstore/db-client';
import type { Position, RecordedEvent } from '../event.js';
import { ForeignStretches } from './foreign-stretches.js';
import { deliveryOf, readPositionOf, subscribeFiltered } from './open-subscription.js';
import type { PatientClient } from './patient-client.js';
import { collect, readPatiently, type RunningRead } from './reading.js';
import { positionOf, recordedFrom, type ReceivedEvent } from './recorded-event.js';
import type { Credentials } from './settings.js';

/** The server says where it is each time it considered this many times 32 events, or a batch of 32 later. */
const checkpointMultiplier = 2;
/** Events at the end of the log that a read looks at itself: more than stand behind the last checkpoint. */
const lastEvents = 128;
/** Events that may wait here while a read takes those before them. */
const waitingEvents = 256;

/** How long a read may stay without any progress, in milliseconds, and what ends it. */
export type ReadLimits = Readonly<{ timeout: number; signal: AbortSignal }>;

/** Reads of $all, the log of the whole server, which is full of what others have written. */
export class AllEvents {
  private readonly foreign = new ForeignStretches();
  private readonly prefixes: readonly string[] | undefined;

  constructor(
    private readonly client: PatientClient,
    private readonly credentials: Credentials,
    private readonly prefix: string,
  ) {
    this.prefixes = prefix === '' ? undefined : [prefix];
  }

  isOurs(name: string): boolean {
    return this.prefix === '' ? !name.startsWith('$') : name.startsWith(this.prefix);
  }

  /** The position of the last event, whoever wrote it. */
  async head(limits: ReadLimits): Promise<Position> {
    const [last] = await this.last(1, limits);
    return last ? positionOf(last) : 0n;
  }

  /**
   * Our own events after a position, at most so many: all that were there when this was called, and what was written meanwhile, by whomever, is
   * for the next read. The server leaves out what others wrote. It filters only subscriptions for this client, so this is one that ends: with
   * the last own event near the end of the log, or a checkpoint past everything further away.
   */
  async after(position: Position, limit: number, limits: ReadLimits): Promise<RecordedEvent[]> {
    if (limit <= 0) return [];
    const last = (await this.last(lastEvents, limits)).reverse();
    const [oldest] = last;
    const newest = last.at(-1);
    if (!oldest || !newest) return [];
    const from = this.foreign.past(position);
    const own = last.filter((event) => this.isOurs(event.streamId));
    if (last.length < lastEvents || positionOf(oldest) <= from) {
      const after = own.filter((event) => positionOf(event) > from);
      return after.slice(0, limit).map((event) => recordedFrom(event, this.prefix));
    }
    const lastOwn = own.at(-1);
    const end = { target: positionOf(lastOwn ?? oldest), whenLive: lastOwn === undefined };
    const found = await this.subscribed(from, limit, end, limits);
    if (!lastOwn && found.length < limit) this.foreign.add(positionOf(oldest), positionOf(newest));
    return found;
  }

  private async subscribed(
    after: Position,
    limit: number,
    /** What has to be reached, and whether it is when the server says that nothing is left: servers before 23.10 never do. */
    { target, whenLive }: Readonly<{ target: Position; whenLive: boolean }>,
    limits: ReadLimits,
  ): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    let reached = after;
    await readPatiently<unknown>('$all', this.client, {
      ...limits,
      goesOn: true,
      open: (client) => this.subscribe(client, reached),
      take: (item) => {
        const delivery = deliveryOf(item, this.prefix);
        if (!delivery || delivery.kind === 'live') return delivery !== undefined && whenLive;
        const position = delivery.kind === 'event' ? delivery.event.position : delivery.position;
        if (position <= reached) return false;
        if (delivery.kind === 'event') found.push(delivery.event);
        else this.foreign.add(reached, position);
        reached = position;
        return found.length === limit || position >= target;
      },
    });
    return found;
  }

  private subscribe(client: EventStoreDBClient, after: Position): RunningRead {
    const call = { credentials: this.credentials, requiresLeader: true };
    return subscribeFiltered(client, { after, prefixes: this.prefixes }, { call, checkpointMultiplier, waitingEvents });
  }

  /** A few events, whoever wrote them, from a position on, which is included: reads of EventStoreDB start at their position, subscriptions behind it. */
  from(position: Position, maxCount: number, limits: ReadLimits): Promise<ReceivedEvent[]> {
    return this.page({ direction: FORWARDS, fromPosition: readPositionOf(position), maxCount }, limits);
  }

  /** Newest first. */
  private last(maxCount: number, limits: ReadLimits): Promise<ReceivedEvent[]> {
    return this.page({ direction: BACKWARDS, fromPosition: END, maxCount }, limits);
  }

  private async page(wanted: Parameters<EventStoreDBClient['readAll']>[0], limits: ReadLimits): Promise<ReceivedEvent[]> {
    const received = await collect<AllStreamResolvedEvent>('$all', this.client, {
      ...limits,
      open: (client) => client.readAll({ ...wanted, requiresLeader: true, credentials: this.credentials }),
    });
    return received.flatMap(({ event }) => event ?? []);
  }
}

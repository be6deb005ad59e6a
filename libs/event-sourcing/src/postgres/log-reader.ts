import type { Pool, QueryResult } from 'pg';
import { LogUnavailable } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import { categoryOf } from '../stream-name.js';
import { failureOf } from './connection.js';
import { Places } from '../places.js';

type Stored = [position: string, canonical: string];

/** Events in log order up to `end`; `atHead` when nothing stood behind it at the time of reading. */
export type Page = Readonly<{ events: RecordedEvent[]; end: Position; atHead: boolean }>;

type StreamRequest = {
  readonly stream: string;
  readonly fromRevision: number;
  readonly limit: number;
  readonly resolve: (events: RecordedEvent[]) => void;
  readonly reject: (error: unknown) => void;
};

const limits = { streamsAtOnce: 64, atOnceMs: 250, fewEvents: 10 };

export class LogReader {
  private asked: StreamRequest[] = [];
  /** Reads of the log's end that are under way, by the position they begin after. */
  private readonly tails = new Map<Position, Promise<RecordedEvent[]>>();
  private readonly pages: Places;

  /** Whoever goes through the log a page at a time takes `pagesAtOnce` connections at most, so that a stream or the head is answered beside it. */
  constructor(
    private readonly pool: Pool,
    pagesAtOnce: number,
  ) {
    this.pages = new Places(pagesAtOnce);
  }

  async head(): Promise<Position> {
    const { rows } = await this.query<[string]>('log-head', 'select position from log.counter', []);
    return BigInt(rows[0]?.[0] ?? 0);
  }

  /** Streams that are asked for in the same turn of the event loop are read with one statement. */
  stream(stream: string, fromRevision: number, limit: number): Promise<RecordedEvent[]> {
    return new Promise((resolve, reject) => {
      this.asked.push({ stream, fromRevision, limit, resolve, reject });
      if (this.asked.length === 1) setImmediate(() => this.readStreams());
    });
  }

  all(after: Position, limit: number): Promise<RecordedEvent[]> {
    return limit <= limits.fewEvents ? this.behind(after, limit) : this.pages.take(() => this.behind(after, limit));
  }

  /** A page of at most `size` positions. Positions have no gaps, so a filtered page knows how far it has seen. */
  async page(after: Position, size: number, categories: readonly string[] | undefined): Promise<Page> {
    if (!categories) {
      const events = await this.all(after, size);
      return { events, end: events.at(-1)?.position ?? after, atHead: events.length < size };
    }
    return this.pages.take(() => this.pageOf(categories, after, size));
  }

  private async behind(after: Position, limit: number): Promise<RecordedEvent[]> {
    const { rows } = await this.query<Stored>(
      'log-all',
      'select global_position, canonical from log.events where global_position > $1 order by global_position limit $2',
      [after.toString(), limit],
    );
    return rows.map(recorded);
  }

  private async pageOf(categories: readonly string[], after: Position, size: number): Promise<Page> {
    const { rows } = await this.query<[head: string, position: string | null, canonical: string]>(
      'log-page',
      `select c.position, e.global_position, e.canonical from log.counter c left join log.events e
         on e.global_position > $1 and e.global_position <= least(c.position, $1 + $2) and e.category = any($3) order by e.global_position`,
      [after.toString(), size, categories],
    );
    const head = BigInt(rows[0]?.[0] ?? 0);
    const reached = after + BigInt(size);
    const end = head < reached ? head : reached;
    const events = rows.flatMap(([, position, canonical]) => (position === null ? [] : [recorded([position, canonical])]));
    return { events, end: end > after ? end : after, atHead: end >= head };
  }

  /** As `page`, for readers that follow the head: those that stand at one position are woken together and share one statement. */
  async tail(after: Position, size: number, categories: readonly string[] | undefined): Promise<Page> {
    const reading = this.tails.get(after) ?? this.behind(after, size).finally(() => this.tails.delete(after));
    this.tails.set(after, reading);
    const events = await reading;
    const wanted = categories ? events.filter(({ stream }) => categories.includes(categoryOf(stream))) : events;
    return { events: wanted, end: events.at(-1)?.position ?? after, atHead: events.length < size };
  }

  private readStreams(): void {
    const requests = this.asked;
    this.asked = [];
    for (let start = 0; start < requests.length; start += limits.streamsAtOnce) {
      const together = requests.slice(start, start + limits.streamsAtOnce);
      this.streams(together).then(
        (found) => together.forEach(({ resolve }, index) => resolve(found[index] ?? [])),
        (error: unknown) => together.forEach(({ reject }) => reject(error)),
      );
    }
  }

  private async streams(requests: readonly StreamRequest[]): Promise<RecordedEvent[][]> {
    const { rows } = await this.query<[n: string, ...stored: Stored]>(
      'log-streams',
      `select r.n, e.global_position, e.canonical from unnest($1::text[], $2::bigint[], $3::bigint[]) with ordinality as r(stream, from_revision, most, n)
       cross join lateral (select l.global_position, l.canonical, l.revision from log.events l
         where l.stream = r.stream and l.revision >= r.from_revision order by l.revision limit r.most) e
       order by r.n, e.revision`,
      [requests.map(({ stream }) => stream), requests.map(({ fromRevision }) => fromRevision), requests.map(({ limit }) => limit)],
    );
    const found: RecordedEvent[][] = requests.map(() => []);
    for (const [n, ...stored] of rows) found[Number(n) - 1]?.push(recorded(stored));
    return found;
  }

  /** A connection that broke while it was idle is only noticed by the next reader, so a reader that fails at once asks a second time. */
  private async query<Row extends unknown[]>(name: string, text: string, values: unknown[]): Promise<QueryResult<Row>> {
    const ask = (): Promise<QueryResult<Row>> => this.pool.query<Row>({ name, text, values, rowMode: 'array' });
    const started = performance.now();
    const understood = (error: unknown): never => {
      throw failureOf(error) === 'refused' ? error : new LogUnavailable(error);
    };
    return ask().catch((error: unknown) => {
      const again = failureOf(error) !== 'refused' && performance.now() - started < limits.atOnceMs;
      return again ? ask().catch(understood) : understood(error);
    });
  }
}

function recorded([position, canonical]: Stored): RecordedEvent {
  const event = JSON.parse(canonical) as RecordedEvent & { position: Position };
  event.position = BigInt(position);
  return event;
}

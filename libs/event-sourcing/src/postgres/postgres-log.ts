import type { Pool } from 'pg';
import type { Appended, AppendRequest, EventLog, SubscriptionItem } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import { Appender } from './appender.js';
import { backoffMs, indexesOnly, logPool } from './connection.js';
import { HeadSignal } from './head-signal.js';
import { LogReader, type Page } from './log-reader.js';

export type PostgresLogOptions = Readonly<{
  /** Of the role that may read the log and call log.append. */
  url: string;
  /** Connections that append; each carries a whole batch of commands. */
  appendConnections?: number;
  readConnections?: number;
}>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const soundStreamName = /^[a-z][A-Za-z0-9]*-[^\p{Cc}]+$/u;
const soundTypeName = /^[A-Za-z][A-Za-z0-9]*$/;

const defaults = { appendConnections: 2, readConnections: 4, deadlineMs: 5_000, pageSize: 1_000, pollMs: 1_000, retryMs: 1_000 };

/** The log in PostgreSQL: gapless positions from a locked counter, group commit, and subscriptions that read by key. */
export class PostgresLog implements EventLog {
  readonly keepsKeys = true;
  private readonly pools: { append: Pool; read: Pool };
  private readonly appender: Appender;
  private readonly reader: LogReader;
  private readonly signal: HeadSignal;
  private readonly closing = new AbortController();

  constructor(options: PostgresLogOptions) {
    const { appendConnections, readConnections } = { ...defaults, ...options };
    this.pools = {
      append: logPool(options.url, 'millwright log append', appendConnections, indexesOnly),
      read: logPool(options.url, 'millwright log read', readConnections, indexesOnly),
    };
    this.signal = new HeadSignal(options.url);
    this.reader = new LogReader(this.pools.read, Math.max(1, Math.floor(readConnections / 2)));
    this.appender = new Appender(this.pools.append, appendConnections, (head) => this.signal.moved(head));
  }

  async append(request: AppendRequest, { deadline = Date.now() + defaults.deadlineMs }: { deadline?: number } = {}): Promise<Appended> {
    assertSound(request);
    return this.appender.append(request, deadline);
  }

  readStream(stream: string, fromRevision = 0, limit = defaults.pageSize): Promise<RecordedEvent[]> {
    return this.reader.stream(stream, fromRevision, limit);
  }

  readAll(after: Position, limit: number): Promise<RecordedEvent[]> {
    return this.reader.all(after, limit);
  }

  head(): Promise<Position> {
    return this.reader.head();
  }

  /** `caughtUp` comes each time the reader has reached the head after it had moved. */
  async *subscribeAll(
    after: Position,
    { categories, signal }: { categories?: readonly string[]; signal: AbortSignal },
  ): AsyncGenerator<SubscriptionItem> {
    const stop = AbortSignal.any([signal, this.closing.signal]);
    const unlisten = this.signal.listen();
    try {
      yield* this.items(after, categories, stop);
    } finally {
      unlisten();
    }
  }

  async close(): Promise<void> {
    await this.appender.close();
    this.closing.abort();
    this.signal.close();
    await Promise.all([this.pools.append.end(), this.pools.read.end()]);
  }

  private async *items(after: Position, categories: readonly string[] | undefined, stop: AbortSignal): AsyncGenerator<SubscriptionItem> {
    let position = after;
    let announced = false;
    let ahead: Promise<Page | undefined> | undefined;
    let follows = false;
    while (!stop.aborted) {
      const mark = this.signal.mark();
      const page: Page | undefined = await (ahead ?? this.patientPage(position, categories, stop, follows));
      if (!page) return;
      follows = page.atHead;
      // While the consumer works on this page the next one is already on its way.
      ahead = page.atHead ? undefined : this.patientPage(page.end, categories, stop, follows);
      let seen = position;
      for (const event of page.events) {
        if (stop.aborted) return;
        seen = event.position;
        yield { kind: 'event', event };
      }
      if (page.end > seen) yield { kind: 'checkpoint', position: page.end };
      if (page.atHead && (!announced || page.end > position)) {
        announced = true;
        yield { kind: 'caughtUp', position: page.end };
      }
      position = page.end;
      // Never less than the mark: a log that lost its tail in a failover would be read again without a rest.
      const head = page.end > mark.head ? page.end : mark.head;
      if (page.atHead) await this.signal.after({ ...mark, head }, defaults.pollMs, stop);
    }
  }

  /** Reads a page, however often the database has to be asked; undefined when the subscription ended meanwhile. */
  private async patientPage(
    after: Position,
    categories: readonly string[] | undefined,
    stop: AbortSignal,
    follows: boolean,
  ): Promise<Page | undefined> {
    for (let failures = 1; !stop.aborted; failures += 1) {
      try {
        const { reader } = this;
        return await (follows ? reader.tail(after, defaults.pageSize, categories) : reader.page(after, defaults.pageSize, categories));
      } catch {
        await this.signal.after(this.signal.mark(), backoffMs(failures, defaults.retryMs), stop);
      }
    }
    return undefined;
  }
}

/** What the types promise is checked where it would otherwise end in the log for ever. */
function assertSound({ stream, expected, events }: AppendRequest): void {
  if (!soundStreamName.test(stream)) throw new TypeError(`no stream name: ${JSON.stringify(stream)}`);
  if (typeof expected === 'number' && !(Number.isSafeInteger(expected) && expected >= 0)) throw new TypeError(`no revision: ${expected}`);
  if (events.length === 0) throw new TypeError(`${stream}: nothing to append`);
  for (const { id, type } of events) {
    if (!uuid.test(id)) throw new TypeError(`no event id: ${JSON.stringify(id)}`);
    if (!soundTypeName.test(type)) throw new TypeError(`no event type: ${JSON.stringify(type)}`);
  }
  if (new Set(events.map(({ id }) => id)).size !== events.length) throw new TypeError(`${stream}: the same event id twice in one append`);
}

import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { EventEmitter } from 'node:events';

/** An event as the test server keeps it: bytes in, bytes out. `position` is a u64, `created` .NET ticks since 1970. */
export type StoredEvent = Readonly<{
  id: string;
  stream: string;
  revision: bigint;
  position: bigint;
  type: string;
  contentType: string;
  created: string;
  metadata: Uint8Array;
  data: Uint8Array;
}>;

export type IncomingEvent = Pick<StoredEvent, 'id' | 'type' | 'contentType' | 'metadata' | 'data'>;
export type Expected = bigint | 'no stream' | 'any' | 'stream exists';

export type AppendResult =
  | Readonly<{ kind: 'appended' | 'idempotent'; revision: bigint; position: bigint | undefined }>
  | Readonly<{ kind: 'wrong revision'; current: bigint | undefined }>
  | Readonly<{ kind: 'deleted' }>;

type StoredStream = { events: StoredEvent[]; tombstoned: boolean };

/** Everything below this revision is gone for readers; a soft delete sets it past the end. */
type Retention = Readonly<{ truncateBefore: bigint; maxCount: bigint | undefined }>;

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'base64');

/**
 * The committed events of the test server. With a file they outlive the process: each commit is one line, written before it is
 * acknowledged, and a torn last line is a commit that never was.
 */
export class StoredLog {
  readonly all: StoredEvent[] = [];
  /** Emits 'appended' after every commit. */
  readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly streams = new Map<string, StoredStream>();
  private readonly file: number | undefined;
  private nextPosition: bigint;

  /** `neighbours` names streams that get an event of their own before and after each append to another stream. */
  constructor(private readonly options: { file?: string; firstPosition?: bigint; neighbours?: readonly string[] } = {}) {
    this.nextPosition = options.firstPosition ?? 1_000n;
    if (options.file === undefined) return;
    if (existsSync(options.file)) this.load(readFileSync(options.file, 'utf8'));
    this.file = openSync(options.file, 'a');
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
  }

  stream(name: string): readonly StoredEvent[] {
    return this.streams.get(name)?.events ?? [];
  }

  isTombstoned(name: string): boolean {
    return this.streams.get(name)?.tombstoned ?? false;
  }

  /** The events of a stream that readers may still see; undefined where there is none (any more). */
  visible(name: string): readonly StoredEvent[] | undefined {
    const events = this.stream(name);
    const last = events.at(-1);
    if (!last) return undefined;
    const { truncateBefore, maxCount } = this.retention(name);
    if (truncateBefore > last.revision) return undefined;
    const kept = maxCount === undefined ? 0n : last.revision + 1n - maxCount;
    const from = truncateBefore > kept ? truncateBefore : kept;
    return from <= 0n ? events : events.slice(Number(from));
  }

  /** Appends as EventStoreDB does, its idempotency included: ids that already stand at the expected place are no conflict. */
  append(name: string, expected: Expected, incoming: readonly IncomingEvent[]): AppendResult {
    if (this.isTombstoned(name)) return { kind: 'deleted' };
    const events = this.stream(name);
    const current = events.at(-1)?.revision ?? -1n;
    if (expected === 'any') {
      const first = events.findIndex((event) => event.id === incoming[0]?.id);
      return (first >= 0 ? this.alreadyThere(events, first, incoming) : undefined) ?? this.commit(name, incoming);
    }
    if (expected === 'stream exists') return current >= 0n ? this.commit(name, incoming) : { kind: 'wrong revision', current: undefined };
    const believed = expected === 'no stream' ? -1n : expected;
    const softDeleted = current >= 0n && this.visible(name) === undefined;
    if (believed === current || (believed === -1n && softDeleted)) return this.commit(name, incoming);
    const again = believed < current ? this.alreadyThere(events, Number(believed + 1n), incoming) : undefined;
    return again ?? { kind: 'wrong revision', current: current < 0n ? undefined : current };
  }

  /** @returns the position of the delete record; undefined where there is nothing to delete */
  delete(name: string, kind: 'soft' | 'tombstone'): bigint | undefined {
    const last = this.stream(name).at(-1);
    if (kind === 'tombstone') {
      this.write({ tombstone: name });
      this.entry(name).tombstoned = true;
      return this.claimPosition(64);
    }
    if (!last) return undefined;
    const metadata = Buffer.from(JSON.stringify({ $tb: Number(last.revision + 1n) }));
    const event = {
      id: crypto.randomUUID(),
      type: '$metadata',
      contentType: 'application/json',
      metadata: new Uint8Array(),
      data: metadata,
    };
    return this.commit(`$$${name}`, [event]).position;
  }

  /** What servers write about themselves, and others who share one. */
  writeForeign(count = 1): void {
    for (const stream of this.options.neighbours ?? [])
      for (let n = 0; n < count; n += 1)
        this.store(stream, [
          {
            id: crypto.randomUUID(),
            type: '$statsCollected',
            contentType: 'application/json',
            metadata: new Uint8Array(),
            data: Buffer.from('{}'),
          },
        ]);
  }

  private alreadyThere(events: readonly StoredEvent[], from: number, incoming: readonly IncomingEvent[]): AppendResult | undefined {
    const last = events[from + incoming.length - 1];
    if (!last || !incoming.every((event, index) => events[from + index]?.id === event.id)) return undefined;
    return { kind: 'idempotent', revision: last.revision, position: last.position };
  }

  private commit(name: string, incoming: readonly IncomingEvent[]): Extract<AppendResult, { kind: 'appended' | 'idempotent' }> {
    this.writeForeign();
    const committed = this.store(name, incoming);
    this.writeForeign();
    return committed;
  }

  private store(name: string, incoming: readonly IncomingEvent[]): Extract<AppendResult, { kind: 'appended' | 'idempotent' }> {
    const first = BigInt(this.stream(name).length);
    const created = `${BigInt(Date.now()) * 10_000n}`;
    const events = incoming.map((event, index) => ({
      ...event,
      stream: name,
      revision: first + BigInt(index),
      position: this.claimPosition(event.data.length + event.metadata.length),
      created,
    }));
    this.write({
      events: events.map((event) => ({
        ...event,
        revision: `${event.revision}`,
        position: `${event.position}`,
        metadata: Buffer.from(event.metadata).toString('base64'),
        data: Buffer.from(event.data).toString('base64'),
      })),
    });
    this.keep(name, events);
    this.changes.emit('appended');
    return { kind: 'appended', revision: first + BigInt(incoming.length) - 1n, position: events.at(-1)?.position };
  }

  /** Positions are byte offsets in the real server: they rise with the size of the records and are never contiguous. */
  private claimPosition(size: number): bigint {
    const position = this.nextPosition;
    this.nextPosition += BigInt(size + 117);
    return position;
  }

  private entry(name: string): StoredStream {
    const found = this.streams.get(name) ?? { events: [], tombstoned: false };
    this.streams.set(name, found);
    return found;
  }

  private keep(name: string, events: readonly StoredEvent[]): void {
    this.entry(name).events.push(...events);
    this.all.push(...events);
  }

  private retention(name: string): Retention {
    const latest = this.stream(`$$${name}`).at(-1);
    if (!latest) return { truncateBefore: 0n, maxCount: undefined };
    const metadata = JSON.parse(Buffer.from(latest.data).toString('utf8')) as { $tb?: number; $maxCount?: number };
    return {
      truncateBefore: BigInt(metadata.$tb ?? 0),
      maxCount: metadata.$maxCount === undefined ? undefined : BigInt(metadata.$maxCount),
    };
  }

  private write(line: unknown): void {
    if (this.file !== undefined) writeSync(this.file, `${JSON.stringify(line)}\n`);
  }

  private load(text: string): void {
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
      if (line === '') continue;
      const { events, tombstone } = JSON.parse(line) as { events?: Record<string, string>[]; tombstone?: string };
      if (tombstone !== undefined) this.entry(tombstone).tombstoned = true;
      for (const event of events ?? []) this.keep(event.stream ?? '', [storedFrom(event)]);
    }
    const last = this.all.at(-1);
    if (last) this.nextPosition = last.position + BigInt(last.data.length + last.metadata.length + 117);
  }
}

function storedFrom(line: Record<string, string>): StoredEvent {
  const {
    id = '',
    stream = '',
    type = '',
    contentType = '',
    created = '0',
    revision = '0',
    position = '0',
    metadata = '',
    data = '',
  } = line;
  return {
    id,
    stream,
    type,
    contentType,
    created,
    revision: BigInt(revision),
    position: BigInt(position),
    metadata: bytesOf(metadata),
    data: bytesOf(data),
  };
}

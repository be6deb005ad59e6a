import { randomUUID } from 'node:crypto';
import type { EventLog } from '../event-log.js';
import type { EventMetadata, ProposedEvent, RecordedEvent } from '../event.js';

/** What a test may do to the connection between a client and the server of its log. */
export interface Faults {
  pass(): void;
  blackHole(): void;
  refuse(): void;
  cutBeforeRequest(matches: (request: Buffer) => boolean): Promise<void>;
  cutBeforeReply(matches: (request: Buffer) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** An adapter with a server behind it, made for one run of the contract suite. The log may hold other events already. */
export interface LogUnderTest {
  /** A client with its own connections. The suite closes it. */
  open(): EventLog;
  /** A client whose connections can be made to fail. The suite closes both. */
  openBehindFaults(): Promise<{ log: EventLog; faults: Faults }>;
  /** Writes so many events that are not this installation's: the server's own, or a neighbour's. Left out where a log is nobody else's. */
  writeForeign?(count: number): Promise<void>;
  /** Counts the events that the server has sent to whoever read. Left out where a server does not say. */
  eventsSent?(): number;
  /** The server goes down and comes up again with what it had committed. Left out, a restart is played by cutting all connections. */
  restart?(): Promise<void>;
  close(): Promise<void>;
}

const metadata: EventMetadata = {
  recorded_at: '2025-01-02T03:04:05.678Z',
  effective_at: '2025-01-02T03:04:05.678Z',
  schema_version: 1,
  actor: { kind: 'system', id: 'contract' },
  entity_id: 1,
  customer_id: 1,
  request_id: 'contract',
  $correlationId: 'contract',
  $causationId: 'contract',
};

export const proposed = (data: unknown = {}, id: string = randomUUID()): ProposedEvent => ({ id, type: 'ContractTested', data, metadata });

/** A stream nobody else uses. */
export const newStream = (category = 'contract'): string => `${category}-${randomUUID()}`;

/** A category nobody else uses. */
export const newCategory = (): string => `contract${randomUUID().replaceAll('-', '')}`;

/** Recognises the bytes of an append that carries this event: its id stands in them as text. */
export const carrying =
  ({ id }: ProposedEvent) =>
  (bytes: Buffer): boolean =>
    bytes.includes(id) || bytes.includes(Buffer.from(id.replaceAll('-', ''), 'hex'));

export const idsOf = (events: readonly Readonly<{ id: string }>[]): string[] => events.map(({ id }) => id);

/** The whole stream. */
export async function streamOf(log: EventLog, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await log.readStream(stream, events.length, 500);
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** Reads the log by pages after a position until it has seen these events; other events in between are left out. */
export async function allAfter(log: EventLog, after: bigint, wanted: ReadonlySet<string>): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  let position = after;
  while (found.length < wanted.size) {
    const page = await log.readAll(position, 7);
    found.push(...page.filter(({ id }) => wanted.has(id)));
    position = page.at(-1)?.position ?? position;
    if (page.length === 0) return found;
  }
  return found;
}

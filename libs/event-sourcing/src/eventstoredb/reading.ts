import type { EventStoreDBClient } from '@eventstore/db-client';
import { failureOf, readFailure } from './failures.js';
import { backoff, pause } from '../retry.js';
import type { PatientClient } from './patient-client.js';

/** A running read of the client, or a subscription that is read until it has brought enough. */
export type RunningRead = AsyncIterable<unknown> &
  Readonly<{ readableEnded: boolean; destroy(error: Error): unknown; on(name: 'error', listener: () => void): unknown }> &
  (Readonly<{ cancel(): Promise<void> }> | Readonly<{ unsubscribe(): Promise<void> }>);

/** What somebody reads, and how. */
type Reading<Received> = Readonly<{
  /** Milliseconds that may pass without anything coming. */
  timeout: number;
  signal: AbortSignal;
  /** Begins to read, or begins again after the connection has failed. */
  open(client: EventStoreDBClient): RunningRead;
  /** Takes what comes, and answers whether that is enough. */
  take(item: Received): boolean;
  /** Whether a read that is opened again goes on from where it was, so that it may fail as often as it gets on. */
  goesOn?: boolean;
}>;

/** Reads to the end, and again where the connection fails: a read changes nothing. Empty where the stream does not exist. @throws as `readPatiently` */
export async function collect<Received>(
  stream: string,
  client: PatientClient,
  { open, ...reading }: Omit<Reading<Received>, 'take' | 'goesOn'>,
): Promise<Received[]> {
  let received: Received[] = [];
  await readPatiently<Received>(stream, client, {
    ...reading,
    open(server) {
      received = [];
      return open(server);
    },
    take(item) {
      received.push(item);
      return false;
    },
  });
  return received;
}

/**
 * Reads until it is enough or the read ends.
 * @throws LogUnavailable, LogAccessDenied, StreamDeleted
 */
export async function readPatiently<Received>(stream: string, client: PatientClient, reading: Reading<Received>): Promise<void> {
  const { timeout, signal } = reading;
  let deadline = Date.now() + timeout;
  for (let failures = 0; ; failures += 1) {
    try {
      return await client.call((server, heard) =>
        readOnce(server, reading, () => {
          heard();
          if (!reading.goesOn) return;
          failures = 0;
          deadline = Date.now() + timeout;
        }),
      );
    } catch (error) {
      const failure = failureOf(error);
      if (failure === 'stream not found') return;
      const passing = failure === 'not sent' || failure === 'not leader' || failure === 'unknown outcome';
      const wait = backoff(failures);
      if (!passing || signal.aborted || Date.now() + wait >= deadline) throw readFailure(stream, error);
      await pause(wait, signal);
    }
  }
}

/** Gives up when nothing comes for so long: the client itself would wait for ever. */
async function readOnce<Received>(
  server: EventStoreDBClient,
  { open, take, timeout }: Reading<Received>,
  heard: () => void,
): Promise<void> {
  const reading = open(server);
  // What fails once enough was read, and is on its way to the server to be ended, is nobody's.
  reading.on('error', () => undefined);
  const silence = setTimeout(() => reading.destroy(new Error(`nothing came for ${timeout} ms`)), timeout);
  try {
    for await (const item of reading) {
      heard();
      if (take(item as Received)) return;
      silence.refresh();
    }
  } finally {
    clearTimeout(silence);
    // Not awaited: while the client still looks for its cluster there is no call yet that could be cancelled.
    if (!reading.readableEnded) void ('cancel' in reading ? reading.cancel() : reading.unsubscribe()).catch(() => undefined);
  }
}

import type { EventStoreDBClient } from '@eventstore/db-client';
import { failureOf, readFailure } from './failures.js';
import { backoff, pause } from './patience.js';
import type { PatientClient } from './patient-client.js';

/** A running read of the client. */
export type RunningRead = AsyncIterable<unknown> &
  Readonly<{ readableEnded: boolean; destroy(error: Error): unknown; cancel(): Promise<void> }>;

type ReadLimits = Readonly<{ timeout: number; signal: AbortSignal }>;

/**
 * Reads to the end, and again where the connection fails: a read changes nothing. Empty where the stream does not exist.
 * @throws LogUnavailable, LogAccessDenied, StreamDeleted
 */
export async function readPatiently<Received>(
  stream: string,
  client: PatientClient,
  { timeout, signal }: ReadLimits,
  open: (client: EventStoreDBClient) => RunningRead,
): Promise<Received[]> {
  const deadline = Date.now() + timeout;
  for (let failures = 0; ; failures += 1) {
    try {
      return await client.call((server, heard) => readToEnd<Received>(open(server), timeout, heard));
    } catch (error) {
      const failure = failureOf(error);
      if (failure === 'stream not found') return [];
      const passing = failure === 'not sent' || failure === 'not leader' || failure === 'unknown outcome';
      const wait = backoff(failures);
      if (!passing || signal.aborted || Date.now() + wait >= deadline) throw readFailure(stream, error);
      await pause(wait, signal);
    }
  }
}

/** Collects a read, and gives up when nothing comes for so long: the client itself would wait for ever. */
async function readToEnd<Received>(reading: RunningRead, timeout: number, heard: () => void): Promise<Received[]> {
  const received: Received[] = [];
  const silence = setTimeout(() => reading.destroy(new Error(`nothing came for ${timeout} ms`)), timeout);
  try {
    for await (const item of reading) {
      received.push(item as Received);
      heard();
      silence.refresh();
    }
    return received;
  } finally {
    clearTimeout(silence);
    // Not awaited: while the client still looks for its cluster there is no call yet that could be cancelled.
    if (!reading.readableEnded) void reading.cancel().catch(() => undefined);
  }
}

import { Pool } from 'undici';
import type { Cost } from '../line.js';
import { busyFor, type Load } from '../load.js';
import { perOperation, type ProcessorTime } from '../processor-time.js';

export const connections = 64;
/** The status of a request that could not be done in time. */
export const busy = 503;

/** What a request comes in with, where that is not the key of the first start. */
export type Bearer = 'API key' | 'token of a client' | 'token of a person';

export type ApiRequest = Readonly<{
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  /** JSON. */
  body?: string;
  idempotencyKey?: string;
  as?: Bearer;
}>;

/** An answer that is no success. */
export class Refused extends Error {
  constructor(
    { method, path }: ApiRequest,
    readonly status: number,
    text: string,
  ) {
    super(`${method} ${path}: ${status} ${text.slice(0, 300)}`);
  }
}

/** A process that answers over HTTP, and whose processor time can be read: the product's server, or a bare route beside it. */
export interface Target {
  /** @throws Refused whatever is no success, for that is no work done */
  send(request: ApiRequest): Promise<string>;
  /** Resolves when nothing is left to do of what was answered (read models, process managers). */
  settled(): Promise<void>;
  processorTime(): Promise<ProcessorTime>;
}

export type Loading = Readonly<{
  seconds: number;
  callers: number;
  /** Undefined when there is none left. */
  warmUp: () => ApiRequest | undefined;
  request: () => ApiRequest | undefined;
  /** What one request does, where it does several things. */
  operationsPerRequest?: number;
}>;

/** Says nothing where the server was only too busy. */
export function unlessBusy(error: unknown): void {
  if (!(error instanceof Refused && error.status === busy)) throw error;
}

/** Loads a target and says what an operation cost, with all that had to be done after its answer. */
export async function measure(target: Target, loading: Loading): Promise<Readonly<{ load: Load; cost: Cost }>> {
  const { seconds, callers, operationsPerRequest = 1 } = loading;
  const sending = (next: () => ApiRequest | undefined) => (): Promise<string> | undefined => {
    const request = next();
    return request && target.send(request);
  };
  // A server that has only just been started may not keep up with all of them; that is not what is measured.
  const warmingUp = sending(loading.warmUp);
  await busyFor(Math.min(2, seconds / 2), callers, () => warmingUp()?.catch(unlessBusy));
  await target.settled();
  const before = await target.processorTime();
  const load = await busyFor(seconds, callers, sending(loading.request));
  await target.settled();
  const count = load.count * operationsPerRequest;
  if (count === 0) throw new Error('there was nothing to send');
  const processor = perOperation(before, await target.processorTime(), count);
  return {
    load: { ...load, count, perSecond: load.perSecond * operationsPerRequest },
    cost: { count, p50: load.p50, p99: load.p99, processor },
  };
}

export const connectionsTo = (url: string): Pool =>
  new Pool(url, { connections, pipelining: 1, headersTimeout: 120_000, bodyTimeout: 120_000 });

export async function sendThrough(pool: Pool, request: ApiRequest, key: string): Promise<string> {
  const { method, path, body, idempotencyKey } = request;
  const answer = await pool.request({
    method,
    path,
    headers: {
      authorization: `Bearer ${key}`,
      'x-entity-id': '1',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    body: body ?? null,
  });
  const text = await answer.body.text();
  if (answer.statusCode < 200 || answer.statusCode >= 300 || refuses(path, text)) throw new Refused(request, answer.statusCode, text);
  return text;
}

/** GraphQL and batches are answered with 200 whatever is in them. */
function refuses(path: string, text: string): boolean {
  if (path.endsWith('/graphql')) return text.includes('"errors":');
  return path.endsWith('/batch') && /"status":[45]\d\d/.test(text);
}

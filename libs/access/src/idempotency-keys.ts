import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Pool } from 'pg';
import { v4 as randomUuid, v5 as uuidv5 } from 'uuid';
import { Rejection } from '#millwright/event-sourcing';
import { IdempotencyTable, leaseSeconds, type Progress, type StoredAnswer } from './idempotency-table.js';
import { IdempotentRequest } from './idempotent-request.js';
import { currentScope } from './request-scope.js';

export const longestIdempotencyKey = 255;

/** `operation` is method and normalised path with ids; in GraphQL the mutation's field name. */
export type KeyedOperation = Readonly<{ operation: string; key: string; fingerprint: Buffer }>;

const namespace = 'b5e6a3de-52a5-4b66-9f0f-6c1f9d6d7a15';
const hourMs = 3_600_000;

/**
 * Same key and body → the first answer again, and one effect however often it is asked (storage-format.md, "Retrying an unknown outcome").
 * The one implementation for REST, GraphQL and batch.
 */
export class IdempotencyKeys {
  private readonly owner = randomUuid();
  private readonly table: IdempotencyTable;
  private readonly running = new Map<string, { fingerprint: Buffer; since: number; request?: IdempotentRequest }>();
  private readonly timers: readonly NodeJS.Timeout[];

  /**
   * `relaxed` where the event log shares this database (see IdempotencyTable). `onFault` hears of failures behind an answer that was already decided.
   */
  constructor(database: Pool, options: Readonly<{ relaxed: boolean; onFault: (fault: unknown) => void }>) {
    this.table = new IdempotencyTable(database, this.owner, options);
    this.onFault = options.onFault;
    const every = (ms: number, work: () => Promise<void>): NodeJS.Timeout => setInterval(() => void work().catch(this.onFault), ms).unref();
    this.timers = [every((leaseSeconds * 1000) / 3, () => this.renewLeases()), every(hourMs, () => this.purge())];
  }

  private readonly onFault: (fault: unknown) => void;

  /**
   * Runs `work` unless the key's first answer is known. A refusal leaves no trace, so the request is decided anew;
   * a failure that may hide an append leaves the row, so that a repeat finds its own events.
   * @throws Rejection IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED, and whatever `work` throws
   */
  async run(
    { operation, key, fingerprint }: KeyedOperation,
    work: (request: IdempotentRequest) => Promise<StoredAnswer>,
  ): Promise<StoredAnswer & { replayed: boolean }> {
    assertKey(key);
    const { customerId, credentialId } = currentScope().principal;
    const scope = uuidv5(JSON.stringify([customerId, credentialId, operation, key]), namespace);
    const rival = this.running.get(scope);
    if (rival) throw rival.fingerprint.equals(fingerprint) ? inUse() : reused();
    const run: { fingerprint: Buffer; since: number; request?: IdempotentRequest } = { fingerprint, since: Date.now() };
    this.running.set(scope, run);
    try {
      const row = await this.table.read(scope);
      if (row && !row.fingerprint.equals(fingerprint)) throw reused();
      if (row?.answer) return { ...row.answer, replayed: true };
      run.request = await this.requestOf(scope, fingerprint, row);
      return { ...(await this.carriedOut(scope, run.request, work)), replayed: false };
    } finally {
      this.running.delete(scope);
    }
  }

  async purge(): Promise<void> {
    while ((await this.table.purge()) > 0);
  }

  /** Nest calls this when the application stops. */
  onModuleDestroy(): void {
    this.close();
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private async requestOf(scope: string, fingerprint: Buffer, row: Progress | undefined): Promise<IdempotentRequest> {
    const store = async (progress: Progress): Promise<void> => {
      if (!(await this.table.claim(progress))) throw inUse();
    };
    if (!row) return new IdempotentRequest({ scope, fingerprint, eventIdBase: randomUuid() }, store);
    const taken = await this.table.takeOver(scope);
    if (!taken) throw inUse();
    return new IdempotentRequest({ scope, fingerprint, eventIdBase: taken.eventIdBase }, store, taken);
  }

  private async carriedOut(
    scope: string,
    request: IdempotentRequest,
    work: (request: IdempotentRequest) => Promise<StoredAnswer>,
  ): Promise<StoredAnswer> {
    let answer: StoredAnswer;
    try {
      answer = await work(request);
    } catch (failure) {
      if (request.stored) await (isRefusal(failure) ? this.table.forget(scope) : this.table.release(scope)).catch(this.onFault);
      throw failure;
    }
    // What is committed is answered as such; a row that could not be finished is finished by a repeat, from the events.
    await (answer.final === false ? this.table.release(scope) : this.table.answer(request.progress, answer)).catch(this.onFault);
    return answer;
  }

  private async renewLeases(): Promise<void> {
    const old = Date.now() - 1_000;
    const scopes = [...this.running].filter(([, { since, request }]) => since < old && request?.stored === true).map(([scope]) => scope);
    if (scopes.length > 0) await this.table.renew(scopes);
  }
}

/** SHA-256 over RFC 8785 of what makes two requests the same: key order and white space do not count. */
export function fingerprintOf(parts: Readonly<Record<string, unknown>>): Buffer {
  return hash('sha256', canonicalText(parts), 'buffer');
}

function canonicalText(parts: Readonly<Record<string, unknown>>): string {
  try {
    return canonicalize(parts) ?? '';
  } catch {
    // RFC 8785 knows no lone surrogates; validation will refuse them by name, this only has to be deterministic.
    return JSON.stringify(parts);
  }
}

function assertKey(key: string): void {
  if (key.length > 0 && key.length <= longestIdempotencyKey) return;
  throw new Rejection('MALFORMED_REQUEST', `an Idempotency-Key has 1 to ${longestIdempotencyKey} characters`);
}

/** The codes that say "not now" rather than "no": what they hide may have been appended. */
const undecided = new Set(['UNAVAILABLE', 'COMPLETION_PENDING', 'INTERNAL']);

const isRefusal = (failure: unknown): boolean => failure instanceof Rejection && !undecided.has(failure.code);

const inUse = (): Rejection => new Rejection('IDEMPOTENCY_KEY_IN_USE', 'a request with this Idempotency-Key is still running');

const reused = (): Rejection => new Rejection('IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used with a different request');

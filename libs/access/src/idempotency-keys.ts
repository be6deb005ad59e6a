import { hash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import canonicalize from 'canonicalize';
import type { Pool } from 'pg';
import { KeyKnown, nameBasedUuid, Rejection } from '#millwright/event-sourcing';
import { ForgottenInAnswers } from './forgotten-in-answers.js';
import { IdempotencyTable, leaseSeconds, type Progress, type StoredAnswer } from './idempotency-table.js';
import { IdempotentRequest, type KeyHolder } from './idempotent-request.js';
import { KeptAnswers, textTold, type SoughtAnswers, type TextInAnswers, type ToldInAnswers } from './kept-answers.js';
import { currentScope } from './request-scope.js';

export const longestIdempotencyKey = 255;

/** `operation` is method and normalised path with ids; in GraphQL the mutation's field name. */
export type KeyedOperation = Readonly<{ operation: string; key: string; fingerprint: string }>;

/** What a request does, once or again. */
type Work = (request: IdempotentRequest) => Promise<StoredAnswer>;

/** What came of it. */
type Tried = Readonly<{ answer: StoredAnswer }> | Readonly<{ failure: unknown }>;

const namespace = 'b5e6a3de-52a5-4b66-9f0f-6c1f9d6d7a15';
const hourMs = 3_600_000;
const looksAtMost = 10;
const pauseBetweenLooksMs = 25;
/** How many keys that were answered here last are known by name: a repeat mostly comes soon, and to the process that it came to before. */
const answeredLast = 20_000;

/**
 * Same key and body → the first answer again, and one effect however often it is asked (storage-format.md, "Retrying an unknown outcome").
 * The one implementation for REST, GraphQL and batch.
 */
export class IdempotencyKeys {
  private readonly table: IdempotencyTable;
  private readonly answers: KeptAnswers;
  private readonly forgotten: ForgottenInAnswers;
  private readonly holder: KeyHolder;
  private readonly running = new Map<string, { fingerprint: string; since: number; request: IdempotentRequest }>();
  /** Keys with an answer in the table: a repeat is looked up before its work is done, not by it. Any other repeat is found out by its append. */
  private readonly answered = new Set<string>();
  /** Answers that clients have, on their way into the table. */
  private readonly given = new Map<string, { fingerprint: string; answer: StoredAnswer; kept: Promise<void> }>();
  /** Answers on their way into the table that no client has yet. */
  private readonly keeping = new Set<Promise<unknown>>();
  private readonly timers: readonly NodeJS.Timeout[];

  /**
   * `relaxed` where the event log shares this database (see IdempotencyTable). `onFault` hears of failures behind an answer that was already decided.
   */
  constructor(database: Pool, options: Readonly<{ relaxed: boolean; onFault: (fault: unknown) => void; longestRequestMs?: number }>) {
    const owner = randomUUID();
    this.table = new IdempotencyTable(database, owner, options);
    this.answers = new KeptAnswers(database);
    this.forgotten = new ForgottenInAnswers(database, options);
    this.holder = { owner, leaseSeconds, claim: (row) => this.table.claim(row) };
    this.onFault = options.onFault;
    const every = (ms: number, work: () => Promise<void>): NodeJS.Timeout => setInterval(() => void work().catch(this.onFault), ms).unref();
    this.timers = [every((leaseSeconds * 1000) / 3, () => this.renewLeases()), every(hourMs, () => this.purge())];
  }

  private readonly onFault: (fault: unknown) => void;

  /**
   * Runs `work`, or gives the key's first answer again. What appends or has stored its row ahead goes on without a look at the key, for one that is
   * known keeps it from either; whatever else comes of it counts only where the key is not known. A refusal leaves no trace, so the request is decided anew;
   * a failure that may hide an append leaves the row, so that a repeat finds its own events.
   * @throws Rejection IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED, and whatever `work` throws
   */
  async run({ operation, key, fingerprint }: KeyedOperation, work: Work): Promise<StoredAnswer & { replayed: boolean }> {
    assertKey(key);
    const { customerId, credential, userId } = currentScope().principal;
    // A person who signs in anew is the same one (contract, part 4, S13).
    const caller = credential.kind === 'session' ? `user:${userId}` : credential.id;
    const scope = nameBasedUuid(JSON.stringify([customerId, caller, operation, key]), namespace);
    const given = this.given.get(scope);
    if (given && given.fingerprint !== fingerprint) throw reused();
    if (given) return { ...this.forgotten.without(given.answer), replayed: true };
    const rival = this.running.get(scope);
    if (rival) return this.besideRival(scope, fingerprint, rival.fingerprint);
    const fresh = new IdempotentRequest({ scope, fingerprint, eventIdBase: randomUUID() }, this.holder);
    const run = { fingerprint, since: Date.now(), request: fresh };
    this.running.set(scope, run);
    try {
      const earlier = this.answered.has(scope) ? await this.find(fresh) : undefined;
      if (earlier && 'status' in earlier) return { ...earlier, replayed: true };
      const attempt = (run.request = earlier ?? fresh);
      const outcome = await outcomeOf(work(attempt));
      if (earlier || ('answer' in outcome && fresh.holdsKey)) return await this.settle(attempt, outcome);
      const known = await this.find(fresh).catch((fault: unknown) => {
        // What this try says of its own append is true without the table, too; that it was refused may be what an earlier one has done already.
        if (fault instanceof Rejection || 'answer' in outcome || isRefusal(outcome.failure)) throw fault;
        this.onFault(fault);
      });
      if (!known) return await this.settle(fresh, outcome);
      if ('status' in known) return { ...known, replayed: true };
      run.request = known;
      return await this.settle(known, await outcomeOf(work(known)));
    } finally {
      this.running.delete(scope);
    }
  }

  /** Another request of this process asks the same at this moment: it may be a repeat like this one, of what was answered long ago. */
  private async besideRival(scope: string, fingerprint: string, asked: string): Promise<StoredAnswer & { replayed: boolean }> {
    if (asked !== fingerprint) throw reused();
    const row = await this.table.read(scope);
    if (row && row.fingerprint !== fingerprint) throw reused();
    if (!row?.answer) throw inUse();
    return { ...this.forgotten.without(row.answer), replayed: true };
  }

  async purge(): Promise<void> {
    while ((await this.table.purge()) > 0);
  }

  /** Has a text vanish from the answers that are kept for repeats, also from those that are on their way there or still being made. */
  forgetText(sought: TextInAnswers): Promise<void> {
    return this.forgetTold(textTold(sought));
  }

  /** The same of anything else that they tell. This process tells it no more from the moment on at which this is called. */
  forgetTold(told: ToldInAnswers): Promise<void> {
    return this.forgotten.forget(told, () => this.settled());
  }

  /** This process tells it in no repeat any more; a process manager has it vanish from the answers that are kept, however many there are. */
  tellNoMore(told: ToldInAnswers): void {
    this.forgotten.tellNoMore(told);
  }

  /**
   * Has answers vanish that are kept for repeats. What they were answers to stays done, and a repeat tells it as it is shown then. It takes as long
   * as there are answers.
   */
  async forgetAnswers(sought: SoughtAnswers): Promise<void> {
    await this.settled();
    await this.answers.forget(sought);
  }

  /** Nest calls this when the last request of the application was answered. */
  async onApplicationShutdown(): Promise<void> {
    this.close();
    await this.settled();
  }

  /** Waits until every answer that was given so far is in the table. */
  async settled(): Promise<void> {
    await Promise.all([...[...this.given.values()].map(({ kept }) => kept), ...this.keeping]);
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  /** The answer that the key has, or the request that is to be carried on; undefined where nobody but this one holds it. */
  private async find(own: IdempotentRequest): Promise<StoredAnswer | IdempotentRequest | undefined> {
    const { scope, fingerprint, eventIdBase } = own.progress;
    for (let looks = 1; ; looks += 1) {
      const row = await this.table.read(scope);
      if (!row || row.eventIdBase === eventIdBase) return undefined;
      if (row.fingerprint !== fingerprint) throw reused();
      if (row.answer) return this.forgotten.without(row.answer);
      const taken = await this.table.takeOver(scope);
      if (taken) return new IdempotentRequest({ scope, fingerprint, eventIdBase: taken.eventIdBase }, this.holder, taken);
      // Another process may have answered this very moment, with the row still on its way.
      if (looks === looksAtMost) throw inUse();
      await pause(pauseBetweenLooksMs);
    }
  }

  private async settle(request: IdempotentRequest, outcome: Tried): Promise<StoredAnswer & { replayed: boolean }> {
    const { scope, progress } = request;
    if (!('answer' in outcome)) {
      const { failure } = outcome;
      if (request.stored) await (isRefusal(failure) ? this.table.forget(progress) : this.table.release(scope)).catch(this.onFault);
      throw failure instanceof KeyKnown ? inUse() : failure;
    }
    const answer = this.forgotten.without(outcome.answer);
    // What is committed is answered as such; a row that could not be finished is finished by a repeat, from the events.
    if (answer.final === false) await this.table.release(scope).catch(this.onFault);
    else if (request.isToldByItsEvents(answer.headers['X-Position'])) this.keepLater(scope, progress, answer);
    else if ((await this.kept(this.table.answer(progress, answer))) === false) throw inUse();
    this.noteAnswered(scope);
    return { ...answer, replayed: request.wasDone };
  }

  private kept(stored: Promise<boolean>): Promise<boolean | void> {
    const kept = stored.catch(this.onFault).finally(() => this.keeping.delete(kept));
    this.keeping.add(kept);
    return kept;
  }

  private noteAnswered(scope: string): void {
    this.answered.add(scope);
    if (this.answered.size <= answeredLast) return;
    for (const oldest of this.answered) return void this.answered.delete(oldest);
  }

  /** Nobody waits for a row that its own events can finish as well, where the answer tells nothing of what others did since; until it is stored, repeats are answered from memory. */
  private keepLater(scope: string, progress: Progress, answer: StoredAnswer): void {
    const kept = this.table
      .answerLater(progress, answer)
      .then(() => undefined, this.onFault)
      .finally(() => this.given.delete(scope));
    const { told: _, ...repeatable } = answer;
    this.given.set(scope, { fingerprint: progress.fingerprint, answer: repeatable, kept });
  }

  private async renewLeases(): Promise<void> {
    const old = Date.now() - 1_000;
    const scopes = [...this.running].filter(([, { since, request }]) => since < old && request.stored).map(([scope]) => scope);
    if (scopes.length > 0) await this.table.renew(scopes);
  }
}

/** SHA-256 in hex over RFC 8785 of what makes two requests the same: key order and white space do not count. */
export function fingerprintOf(parts: Readonly<Record<string, unknown>>): string {
  return hash('sha256', canonicalText(parts), 'hex');
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

const outcomeOf = (work: Promise<StoredAnswer>): Promise<Tried> =>
  work.then(
    (answer) => ({ answer }),
    (failure: unknown) => ({ failure }),
  );

/** The codes that say "not now" rather than "no": what they hide may have been appended. */
const undecided = new Set(['UNAVAILABLE', 'COMPLETION_PENDING', 'INTERNAL']);

const isRefusal = (failure: unknown): boolean => failure instanceof Rejection && !undecided.has(failure.code);

const inUse = (): Rejection => new Rejection('IDEMPOTENCY_KEY_IN_USE', 'a request with this Idempotency-Key is still running');

const reused = (): Rejection => new Rejection('IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used with a different request');

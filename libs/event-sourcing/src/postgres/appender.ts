import type { Pool, PoolClient } from 'pg';
import { callNotKept } from '../begun-calls.js';
import type { Position } from '../event.js';
import { KeyKnown } from '../idempotent-attempt.js';
import { LogUnavailable, UnknownOutcome, WrongExpectedRevision, type Appended, type AppendRequest } from '../event-log.js';
import { canonicalParts } from '../canonical.js';
import { appendExpected, appendJudged, type AppendAnswer, type PreparedAppend } from './append-statements.js';
import { backoffMs, failureOf } from './connection.js';

type Waiting = PreparedAppend & {
  readonly deadline: number;
  /** It was sent at least once and no definite answer has come back (yet). */
  uncertain: boolean;
  /** The batch it was in was refused for a reason that one of its members must have caused: it goes alone, so that only the culprit fails. */
  alone: boolean;
  done: boolean;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
};

const limits = { waiting: 20_000, batchEvents: 1_000, batchCharacters: 4_000_000, retryMs: 500, sweepMs: 50, quickCallMs: 4 };

/**
 * Group commit: all appends that wait at this moment go to the database in one statement, which is one transaction and one flush to disk.
 * The statement is told event ids and refuses to add them twice, so an outcome that was not learned is resolved by asking again under the counter's lock.
 */
export class Appender {
  private waiting: Waiting[] = [];
  /** Those of the batches that are being sent, from asking for a connection to the answer. */
  private readonly underway = new Set<Waiting>();
  private sending = 0;
  private scheduled = false;
  private failures = 0;
  private lastCallMs = 0;
  private lastError: unknown;
  private retry: NodeJS.Timeout | undefined;
  private sweeper: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(
    private readonly pool: Pool,
    private readonly lanes: number,
    /** Told the position up to which the log has certainly grown. */
    private readonly onAppended: (head: Position) => void,
  ) {}

  append(request: AppendRequest, deadline: number): Promise<Appended> {
    if (this.closing) return Promise.reject(new LogUnavailable(new Error('the log is closed')));
    if (this.waiting.length >= limits.waiting) return Promise.reject(new LogUnavailable(new Error('too many appends are waiting')));
    const { stream } = request;
    const parts = request.events.map((event) => canonicalParts({ ...event, stream }));
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, parts, deadline, uncertain: false, alone: false, done: false, resolve, reject });
      this.sweeper ??= setInterval(() => this.sweep(), limits.sweepMs);
      this.schedule();
    });
  }

  /** Refuses new appends and waits for those under way. */
  async close(): Promise<void> {
    this.closing = true;
    while (this.waiting.length > 0 || this.underway.size > 0) await new Promise((resolve) => setImmediate(resolve));
    clearInterval(this.sweeper);
    clearTimeout(this.retry);
  }

  /** Callers that were just answered decide their next command before this runs, so their appends travel together. */
  private schedule(): void {
    if (this.scheduled || this.retry) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.send();
    });
  }

  private send(): void {
    while (this.sending < this.lanes && !this.retry) {
      const batch = this.take(this.fairShare());
      if (batch.length === 0) return;
      this.sending += 1;
      void this.attempt(batch).finally(() => {
        this.sending -= 1;
        this.schedule();
      });
    }
  }

  /**
   * How many appends the next batch takes. While the disk is quick, the lanes share what waits, so that one batch is written while the commands of
   * the other are decided; when it is slow, a flush is best shared by all.
   */
  private fairShare(): number {
    return this.lastCallMs < limits.quickCallMs ? Math.ceil(this.waiting.length / (this.lanes - this.sending)) : this.waiting.length;
  }

  /** The next batch: in the order of arrival, at most one append a stream and an event id only once. */
  private take(most: number): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    const taken = new Set<string>();
    let events = 0;
    let characters = 0;
    for (const item of this.waiting) {
      if (item.done) continue;
      const { stream, events: proposed } = item.request;
      const size = item.parts.reduce((sum, { before, after }) => sum + before.length + after.length, 0);
      const full =
        batch.length > 0 &&
        (batch.length >= most ||
          item.alone ||
          batch[0]?.alone ||
          events + proposed.length > limits.batchEvents ||
          characters + size > limits.batchCharacters);
      if (full || taken.has(stream) || proposed.some(({ id }) => taken.has(id))) {
        left.push(item);
        continue;
      }
      taken.add(stream);
      for (const { id } of proposed) taken.add(id);
      events += proposed.length;
      characters += size;
      batch.push(item);
    }
    this.waiting = left;
    return batch;
  }

  private async attempt(batch: readonly Waiting[]): Promise<void> {
    for (const item of batch) this.underway.add(item);
    try {
      await this.sendOn(await this.pool.connect(), batch);
    } catch (error) {
      this.again(batch, error);
    } finally {
      for (const item of batch) this.underway.delete(item);
    }
  }

  private async sendOn(client: PoolClient, batch: readonly Waiting[]): Promise<void> {
    const asked = batch.filter(({ uncertain }) => uncertain);
    for (const item of batch) item.uncertain = true;
    const started = performance.now();
    try {
      // Who asks again asks for a judgement at once: the events are probably there.
      const everybody = asked.length > 0 ? undefined : await appendExpected(client, batch);
      const answers = everybody ?? (await appendJudged(client, batch));
      client.release();
      this.failures = 0;
      this.lastCallMs = performance.now() - started;
      this.answer(batch, answers, asked);
    } catch (error) {
      const failure = failureOf(error);
      client.release(failure === 'unknown outcome');
      // A definite answer makes certain again who was certain before; what an earlier try did stays open.
      if (failure !== 'unknown outcome') for (const item of batch) item.uncertain = asked.includes(item);
      if (failure === 'refused') this.refuse(batch, error);
      else this.again(batch, error);
    }
  }

  private answer(batch: readonly Waiting[], answers: readonly AppendAnswer[], asked: readonly Waiting[]): void {
    let head: Position = 0n;
    const open: Waiting[] = [];
    for (const [index, item] of batch.entries()) {
      const answer = answers[index];
      const { stream, expected, events } = item.request;
      if (answer?.outcome === 'open') {
        item.uncertain = asked.includes(item);
        open.push(item);
      } else if (answer?.outcome === 'key known') {
        const known = new KeyKnown(answer.scopes);
        // An earlier try may have appended, and its key have been taken over since: its events say so to whoever looks for them.
        settle(item, () => item.reject(asked.includes(item) ? new UnknownOutcome(stream, known) : known));
      } else if (!answer) settle(item, () => item.reject(new UnknownOutcome(stream, new Error('the database gave no answer'))));
      else if (answer.outcome === 'wrong') {
        const actual = answer.revision < 0 ? undefined : answer.revision;
        settle(item, () => item.reject(new WrongExpectedRevision(stream, expected, actual)));
      } else {
        const { revision, position, outcome } = answer;
        if (position > head) head = position;
        const firstPosition = position - BigInt(events.length - 1);
        settle(item, () => item.resolve({ revision, position, duplicate: outcome === 'duplicate', firstPosition }));
      }
    }
    this.waiting.unshift(...open);
    this.onAppended(head);
  }

  /** Puts a batch back at the front of the queue and waits a little. */
  private again(batch: readonly Waiting[], error: unknown): void {
    this.lastError = error;
    this.failures += 1;
    this.waiting.unshift(...batch);
    this.retry ??= setTimeout(
      () => {
        this.retry = undefined;
        this.send();
      },
      this.failures === 1 ? 0 : backoffMs(this.failures, limits.retryMs),
    );
  }

  private refuse(batch: readonly Waiting[], error: unknown): void {
    const [only, ...others] = batch;
    if (only && others.length === 0) {
      settle(only, () => only.reject(isOfCalls(error) ? callNotKept(error) : error));
      return;
    }
    for (const item of batch) item.alone = true;
    this.waiting.unshift(...batch);
  }

  /** Answers those whose deadline has passed: nobody waits longer than it asked to, whatever the connection does. */
  private sweep(): void {
    const now = Date.now();
    const late = [...this.waiting, ...this.underway].filter((item) => !item.done && item.deadline <= now);
    for (const item of late) {
      const cause = this.lastError ?? new Error('no answer from the database before the deadline');
      const { stream } = item.request;
      settle(item, () => item.reject(item.uncertain ? new UnknownOutcome(stream, cause) : new LogUnavailable(cause)));
    }
    if (late.length > 0) this.waiting = this.waiting.filter(({ done }) => !done);
    if (this.waiting.length > 0 || this.underway.size > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}

/** Whether the database refused the line of a call and not the events. */
const isOfCalls = (error: unknown): boolean => /\bkeep_api_calls/.test(String((error as { where?: unknown }).where));

function settle(item: Waiting, answer: () => void): void {
  if (item.done) return;
  item.done = true;
  answer();
}

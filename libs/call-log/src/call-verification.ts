import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import { requireEverywhere } from '#millwright/access';
import { runForEverybody } from '#millwright/event-sourcing';
import { CallLog } from './call-log.js';
import type { BrokenCallBatch, CallLogVerification } from './call-statistics.shown.js';

const batchesAtOnce = 1_000;

type BatchRow = Readonly<{ number: string; lines: number; previous: string; hash: string; is_sound: boolean }>;

/** Compares the log of calls with the chain of its hashes. */
@Injectable()
export class CallVerification {
  private running: Promise<CallLogVerification> | undefined;

  constructor(
    @Inject(pg.Pool) private readonly database: pg.Pool,
    private readonly calls: CallLog,
  ) {}

  /**
   * Every line is read: whoever asks while that is done is told the same.
   * @throws Rejection INSUFFICIENT_PERMISSIONS, UNAVAILABLE
   */
  async verify(): Promise<CallLogVerification> {
    await requireEverywhere(['audit:read']);
    this.running ??= runForEverybody(() => this.verified()).finally(() => (this.running = undefined));
    return this.running;
  }

  private async verified(): Promise<CallLogVerification> {
    await this.calls.settled();
    const { rows: [head] } = await this.database.query<{ number: string; hash: string }>("SELECT number, encode(hash, 'hex') AS hash FROM app.api_call_head"); // prettier-ignore
    if (!head) throw new Error('the log of calls has no head');
    const last = Number(head.number);
    const { rows: [earliest] } = await this.database.query<{ number: string | null }>('SELECT min(number) AS number FROM app.api_call_batches'); // prettier-ignore
    const first = earliest?.number == null ? null : Number(earliest.number);
    const seen = { batches: 0, lines: 0 };
    const found = (broken: BrokenCallBatch | null): CallLogVerification => {
      return { valid: broken === null, ...seen, first_batch: first, last_batch: last, hash: head.hash, broken };
    };
    let previous: string | undefined;
    let next = first ?? last + 1;
    while (next <= last) {
      const rows = await this.batchesFrom(next, Math.min(last, next + batchesAtOnce - 1));
      for (const { number, lines, previous: before, hash, is_sound } of rows) {
        if (Number(number) !== next) return found({ batch: next, reason: 'missing' });
        if (previous !== undefined && before !== previous) return found({ batch: next, reason: 'previous' });
        if (!is_sound) return found({ batch: next, reason: 'lines' });
        previous = hash;
        seen.batches += 1;
        seen.lines += lines;
        next += 1;
      }
      if (rows.length < batchesAtOnce && next <= last) return found({ batch: next, reason: 'missing' });
    }
    // Months are dropped as they grow old, the head never is.
    if (previous === undefined ? first !== null : previous !== head.hash) return found({ batch: last, reason: 'head' });
    return found(null);
  }

  private async batchesFrom(from: number, to: number): Promise<readonly BatchRow[]> {
    const { rows } = await this.database.query<BatchRow>({
      name: 'verify-api-calls',
      // Batches are numbered when they are begun and chained when they end, so that those of a stretch are near each other.
      text: `WITH stretch AS MATERIALIZED (SELECT * FROM app.api_call_batches WHERE number BETWEEN $1 AND $2),
        told AS (
          SELECT l.batch, count(*) AS lines, string_agg(app.text_of_api_call(l), E'\\x1e' ORDER BY l.place) AS said
          FROM app.api_call_lines l
          WHERE l.batch BETWEEN (SELECT min(batch) FROM stretch) AND (SELECT max(batch) FROM stretch) GROUP BY l.batch)
        SELECT b.number, b.lines, encode(b.previous, 'hex') AS previous, encode(b.hash, 'hex') AS hash,
          coalesce(told.lines = b.lines AND sha256(b.previous || convert_to(told.said, 'UTF8')) = b.hash, false) AS is_sound
        FROM stretch b LEFT JOIN told ON told.batch = b.batch ORDER BY b.number`,
      values: [from, to],
    });
    return rows;
  }
}

import type { Pool } from 'pg';
import type { StoredAnswer } from './idempotency-table.js';
import { forgetInAnswers, type ToldInAnswers } from './kept-answers.js';

/** How long before it is answered a request can have begun, in milliseconds: by then no process keeps an answer that was read before. */
export const longestRequestMs = 900_000;

/** The longest pause before what failed is tried again. */
const longestPauseMs = 60_000;

type Options = Readonly<{ longestRequestMs?: number; onFault?: (fault: unknown) => void }>;

/**
 * Has what is told no more vanish from kept answers: from those that are there, from those that this process is about to keep, since a batch may have
 * read it before, and once more when no request that was under way in any process can have kept it since.
 */
export class ForgottenInAnswers {
  private readonly forgotten = new Set<ToldInAnswers>();
  private readonly longestRequestMs: number;
  private readonly onFault: (fault: unknown) => void;

  constructor(
    private readonly database: Pick<Pool, 'query'>,
    options: Options = {},
  ) {
    this.longestRequestMs = options.longestRequestMs ?? longestRequestMs;
    this.onFault = options.onFault ?? (() => undefined);
  }

  /** @param settled waits for the answers that are on their way into the table by now */
  async forget(told: ToldInAnswers, settled: () => Promise<void> = async () => undefined): Promise<void> {
    this.forgotten.add(told);
    const earliest = new Date(Date.now() - this.longestRequestMs).toISOString();
    this.again({ ...told, made: told.made > earliest ? told.made : earliest }, told, this.longestRequestMs);
    await settled();
    await forgetInAnswers(this.database, told);
  }

  /** An answer as it may be kept, or told again. */
  without(answer: StoredAnswer): StoredAnswer {
    let { body } = answer;
    for (const { told } of this.forgotten)
      for (const { beside, said, instead } of told) if (body.includes(beside)) body = body.replaceAll(said, () => instead);
    return body === answer.body ? answer : { ...answer, body };
  }

  private again(sought: ToldInAnswers, told: ToldInAnswers, afterMs: number): void {
    setTimeout(() => {
      forgetInAnswers(this.database, sought).then(
        () => void this.forgotten.delete(told),
        (fault: unknown) => {
          this.onFault(fault);
          this.again(sought, told, longestPauseMs);
        },
      );
    }, afterMs).unref();
  }
}

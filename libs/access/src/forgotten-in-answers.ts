import type { Pool } from 'pg';
import type { StoredAnswer } from './idempotency-table.js';
import { forgetInAnswers, withoutTold, type Told, type ToldInAnswers } from './kept-answers.js';

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
  /** By their kind: what a kind is sought in holds it as a rule. */
  private readonly forgotten = new Map<string, Set<Told>>();
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
    this.note(told);
    const earliest = new Date(Date.now() - this.longestRequestMs).toISOString();
    this.again({ ...told, made: told.made > earliest ? told.made : earliest }, told, this.longestRequestMs);
    await settled();
    await forgetInAnswers(this.database, told);
  }

  /** Tells it no more here, until no request under way can have read it; whoever follows the log has it vanish from the answers that are kept. */
  tellNoMore(told: ToldInAnswers): void {
    this.note(told);
    setTimeout(() => this.drop(told), this.longestRequestMs).unref();
  }

  /** An answer as it may be kept, or told again. */
  without(answer: StoredAnswer): StoredAnswer {
    let { body } = answer;
    for (const [kind, told] of this.forgotten)
      if (body.includes(kind)) for (const each of told) if (body.includes(each.said)) body = withoutTold(body, each);
    return body === answer.body ? answer : { ...answer, body };
  }

  private note({ told }: ToldInAnswers): void {
    for (const each of told) this.forgotten.set(each.kind, (this.forgotten.get(each.kind) ?? new Set()).add(each));
  }

  private drop({ told }: ToldInAnswers): void {
    for (const each of told) this.forgotten.get(each.kind)?.delete(each);
  }

  private again(sought: ToldInAnswers, told: ToldInAnswers, afterMs: number): void {
    setTimeout(() => {
      forgetInAnswers(this.database, sought).then(
        () => this.drop(told),
        (fault: unknown) => {
          this.onFault(fault);
          this.again(sought, told, longestPauseMs);
        },
      );
    }, afterMs).unref();
  }
}

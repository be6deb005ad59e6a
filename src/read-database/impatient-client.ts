import pg from 'pg';
import { forgetStatementName, statementName } from './statement-names.js';

/** How `pg` says that an answer did not come within `query_timeout`. */
const tooLate = 'Query read timeout';

/** How PostgreSQL says that a view has other columns than when the statement was prepared: a read model was rebuilt in another form. */
const otherColumns = 'cached plan must not change result type';

type Query = (question: unknown, ...values: unknown[]) => unknown;

/**
 * A connection that is given up once the server has fallen silent on it. TypeORM would put it back among the good ones,
 * and every query that gets it next would wait in vain again. Statements that come again and again are prepared once a connection. Those of one snapshot
 * are asked at the same time, and go one after another: `pg` keeps no queue for them much longer.
 */
export class ImpatientClient extends pg.Client {
  /** The last statement that is awaited; undefined where all are answered. */
  private last: Promise<unknown> | undefined;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // A connection that breaks while it is in use says so twice: to its query, which is enough, and as an event, which would end the process.
    this.on('error', () => undefined);
    const ask = this.query.bind(this) as Query;
    const askOnce: Query = (question, ...values) => {
      if (!isAwaited(question, values)) return ask(question, ...values);
      const answer = this.inTurn(() => askPrepared(ask, question, values));
      answer.catch((error: unknown) => this.giveUpAfter(error));
      return answer;
    };
    this.query = askOnce as typeof this.query;
  }

  private inTurn(work: () => Promise<unknown>): Promise<unknown> {
    const answer = this.last ? this.last.then(work) : work();
    const answered = answer.then(
      () => undefined,
      () => undefined,
    );
    this.last = answered;
    void answered.then(() => {
      if (this.last === answered) this.last = undefined;
    });
    return answer;
  }

  /** A connection that is ending is never lent again. */
  private giveUpAfter(error: unknown): void {
    if (error instanceof Error && error.message === tooLate) this.end().catch(() => undefined);
  }
}

/** Whether a question is answered by a promise; whoever gives a callback, or a query of his own, is told otherwise. */
const isAwaited = (question: unknown, values: readonly unknown[]): boolean =>
  !values.some((value) => typeof value === 'function') &&
  (typeof question !== 'object' || question === null || !('submit' in question || 'callback' in question));

/** Only what is asked as text with values is prepared. */
function askPrepared(ask: Query, question: unknown, values: readonly unknown[]): Promise<unknown> {
  const [parameters] = values;
  const name = typeof question === 'string' && Array.isArray(parameters) ? statementName(question) : undefined;
  if (typeof question !== 'string' || name === undefined) return ask(question, ...values) as Promise<unknown>;
  return (ask({ name, text: question, values: parameters }) as Promise<unknown>).catch((error: unknown) => {
    if (!(error instanceof Error) || error.message !== otherColumns) throw error;
    forgetStatementName(question);
    return ask(question, parameters);
  });
}

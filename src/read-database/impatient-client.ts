import pg from 'pg';
import { forgetStatementName, statementName } from './statement-names.js';

/** How `pg` says that an answer did not come within `query_timeout`. */
const tooLate = 'Query read timeout';

/** How PostgreSQL says that a view has other columns than when the statement was prepared: a read model was rebuilt in another form. */
const otherColumns = 'cached plan must not change result type';

type Query = (question: unknown, ...values: unknown[]) => unknown;

/**
 * A connection that is given up once the server has fallen silent on it. TypeORM would put it back among the good ones,
 * and every query that gets it next would wait in vain again. Statements that come again and again are prepared once a connection.
 */
export class ImpatientClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // A connection that breaks while it is in use says so twice: to its query, which is enough, and as an event, which would end the process.
    this.on('error', () => undefined);
    const ask = this.query.bind(this) as Query;
    const askOnce: Query = (question, ...values) => {
      const answer = askPrepared(ask, question, values);
      if (answer instanceof Promise) answer.catch((error: unknown) => this.giveUpAfter(error));
      return answer;
    };
    this.query = askOnce as typeof this.query;
  }

  /** A connection that is ending is never lent again. */
  private giveUpAfter(error: unknown): void {
    if (error instanceof Error && error.message === tooLate) this.end().catch(() => undefined);
  }
}

/** Only what is asked as text with values and awaited as a promise. */
function askPrepared(ask: Query, question: unknown, values: readonly unknown[]): unknown {
  const [parameters, callback] = values;
  const name = typeof question === 'string' && Array.isArray(parameters) && callback === undefined ? statementName(question) : undefined;
  if (typeof question !== 'string' || name === undefined) return ask(question, ...values);
  return (ask({ name, text: question, values: parameters }) as Promise<unknown>).catch((error: unknown) => {
    if (!(error instanceof Error) || error.message !== otherColumns) throw error;
    forgetStatementName(question);
    return ask(question, parameters);
  });
}

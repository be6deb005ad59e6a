import pg from 'pg';

/** How `pg` says that an answer did not come within `query_timeout`. */
const tooLate = 'Query read timeout';

/**
 * A connection that is given up once the server has fallen silent on it. TypeORM would put it back among the good ones,
 * and every query that gets it next would wait in vain again.
 */
export class ImpatientClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const ask = this.query.bind(this) as (...question: unknown[]) => unknown;
    const askOnce = (...question: unknown[]): unknown => {
      const answer = ask(...question);
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

import type { Logger } from 'typeorm';

const beginsOrEnds = /^(START TRANSACTION|COMMIT|ROLLBACK)\b/;

/** Counts the statements with which TypeORM reads, not those around a snapshot. What they say is nobody's business: parameters hold names and prices. */
export class StatementCounter implements Logger {
  constructor(private readonly count: () => void) {}

  logQuery(statement: string): void {
    if (!beginsOrEnds.test(statement)) this.count();
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

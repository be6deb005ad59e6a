import type { Logger } from 'typeorm';

/** Counts the statements that TypeORM sends. What they say is nobody's business: parameters hold names and prices. */
export class StatementCounter implements Logger {
  constructor(private readonly count: () => void) {}

  logQuery(): void {
    this.count();
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

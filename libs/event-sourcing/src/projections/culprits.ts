import { UnwritableRows } from './copy-rows.js';

/**
 * SQLSTATE classes that speak of the server, the connection or the moment, not of a build: connection (08), transaction state (25), rollback (40),
 * resources (53), intervention (57, but for a statement that ran out of its own time), system (58). 55P03 waits for somebody's lock.
 */
const aboutTheServer = /^(08|25|40|53|57(?!014)|58)/;

/** Whether an error, met while one build alone was read or written, is that build's: its tables are broken or locked, or refuse the rows. */
export function tellsAgainst(error: unknown): boolean {
  if (error instanceof UnwritableRows) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !aboutTheServer.test(code);
}

/** Data exceptions (22), broken constraints (23) and limits of a row (54): the rows are to blame, not the database. */
export function refusesRows(error: unknown): boolean {
  if (error instanceof UnwritableRows) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(22|23|54)...$/.test(code);
}

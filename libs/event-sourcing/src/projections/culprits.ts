import { UnwritableRows } from './copy-rows.js';

/**
 * SQLSTATE classes that speak of the server, the connection or the moment, not of a build: connection (08), transaction state (25), rollback (40),
 * resources (53), intervention (57, but for a statement that ran out of its own time), system (58). 55P03 waits for somebody's lock.
 */
const aboutTheServer = /^(08|25|40|53|57(?!014)|58)/;

/** Whether an error, met while one build alone was read or written, is that build's: its tables are broken or locked, or refuse the rows. */
export function tellsAgainst(error: unknown): boolean {
  if (error instanceof UnwritableRows) return true;
  const state = stateOf(error);
  return /^[0-9A-Z]{5}$/.test(state) && !aboutTheServer.test(state);
}

/** Data exceptions (22), broken constraints (23) and limits of a row (54): the rows are to blame, not the database. */
export function refusesRows(error: unknown): boolean {
  if (error instanceof UnwritableRows) return true;
  return /^(22|23|54)...$/.test(stateOf(error));
}

/** A statement, or the pause before the next one of its transaction, took longer than it may: with less to write it may get through. */
export const ranOutOfTime = (error: unknown): boolean => ['57014', '25P03'].includes(stateOf(error));

/** The SQLSTATE, where there is one. */
const stateOf = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '');

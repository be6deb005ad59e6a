/**
 * Tables of schema `app` that are made again from the log, or from the program: read models and what is known about them, snapshots of streams, and the
 * list of migrations. Everything else in `log` and `app` is kept by a backup, also what this list has not heard of yet.
 */
const madeAgain: ReadonlySet<string> = new Set([
  'app.live_read_models',
  'app.migrations',
  'app.parked_streams',
  'app.projection_builds',
  'app.projections',
  'app.snapshot_pages',
  'app.snapshots',
]);

/** Whether a backup holds this table (`schema.table`). */
export const isKept = (table: string): boolean => /^(log|app)\./.test(table) && !madeAgain.has(table);

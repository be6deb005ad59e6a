import type { Position } from '../event.js';

/** How a checkpoint moves: a statement that returns one row when the checkpoint stood where its writer believed, and none otherwise. */
export type CheckpointStep = Readonly<{ subject: string; shape: string; sql: string; values: readonly string[] }>;

/** The checkpoint is not where its writer left it, or the build was retired: somebody else works on it. */
export class CheckpointMoved extends Error {
  constructor(readonly subject: string) {
    super(`${subject}: the checkpoint was moved by another worker, or the build is retired`);
    this.name = 'CheckpointMoved';
  }
}

/** A build that is worked by itself moves its own checkpoint. */
export const stepAlone = (schema: string, from: Position, to: Position): CheckpointStep => ({
  subject: schema,
  shape: 'alone',
  sql: 'update app.projection_builds set checkpoint = $2::numeric where schema_name = $1 and checkpoint = $3::numeric and not retired and not live returning 1',
  values: [schema, String(to), String(from)],
});

/** The read models that serve have one checkpoint; the epoch says that they are still the same ones, worked by the same process. */
export const stepTogether = (epoch: string, from: Position, to: Position): CheckpointStep => ({
  subject: 'the live read models',
  shape: 'together',
  sql: 'update app.live_read_models set checkpoint = $2::numeric where epoch = $1::bigint and checkpoint = $3::numeric returning 1',
  values: [epoch, String(to), String(from)],
});

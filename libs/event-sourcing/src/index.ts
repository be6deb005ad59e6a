export * from './event.js';
export * from './decider.js';
export * from './event-log.js';
export * from './command-context.js';
export { allKnown, whenKnown } from './when-known.js';
export { callNotKept, type BegunCall, type BegunCalls } from './begun-calls.js';
export { appendedNothing, KeyKnown, type IdempotentAttempt, type KeyRow } from './idempotent-attempt.js';
export { nameBasedUuid } from './event-ids.js';
export * from './event-store.js';
export * from './outcome.js';
export * from './projection.js';
export { foldOf, type RowFold } from './fold-of.js';
export { historyOf, shownColumns, slowHistoryOf, tablesOf, validFrom, validTo } from './stored-tables.js';
export * from './stream-name.js';
export { dayIn, isPlainDate } from './business-day.js';
export { canonicalText } from './canonical.js';
export { largestEventBytes } from './event-size.js';
export { logMigrations, type Migration } from './postgres/log-schema.js';
export { SharedReading } from './shared-reading.js';
export { sharedStatements } from './postgres/shared-statements.js';
export { PostgresLog, type PostgresLogOptions } from './postgres/postgres-log.js';
export { ProjectionEngine, type ChangeListener, type ProjectionEngineOptions } from './projections/projection-engine.js';
export type { ProjectionStatus } from './projections/projection-status.js';
export type { Digest } from './projections/digest.js';
export type { EngineLogger } from './projections/engine-logger.js';
export type { ParkedStream } from './projections/parked-streams.js';
export { Places } from './places.js';
export { Precedence } from './precedence.js';
export { PositionNotReached, type WaitOptions } from './projections/position-waiters.js';
export { beginSnapshot } from './projections/live-membership.js';
export { shapeOf } from './projections/shape.js';
export { projectionMigrations } from './projections/projection-migrations.js';
export { safeInteger } from './safe-integer.js';
export { ensureSequences, Sequences, type IdSequence } from './sequences.js';
export { PostgresSnapshots, snapshotMigrations, type SnapshotStore } from './snapshots.js';
export { withUpcasting, type Upcaster } from './upcasting.js';
export * from './eventstoredb/index.js';
export { systemClock, type Clock } from './clock.js';
export type { ProcessManager, StuckWork } from './process-managers/process-manager.js';
export { processManagerOf, reaction, type Consequences, type Reaction, type ReactionWorld } from './process-managers/reaction.js';
export {
  ProcessManagerEngine,
  type ProcessManagerEngineOptions,
  type ProcessManagerStatus,
} from './process-managers/process-manager-engine.js';
/** @public */
export { originOf, timer, type Origin, type SiteOfTimer, type Timer, type TimerWorld } from './process-managers/timer.js';
export { processManagerOfTimer } from './process-managers/timer-worker.js';
/** @public */
export { channel } from './outbox/outbox.js';
export { Outbox, OutboxChannels, outboxEntities, type Bottleneck, type Channel, type Message } from './outbox/outbox.js';
export { processManagerOfOutbox } from './outbox/outbox-worker.js';
export { KeptTexts, keptTextEntities, keptTextMigrations, sweptAfter, type KeptText } from './kept-texts/kept-texts.js';
export { eachOf, objectText, writtenOut } from './written-out.js';

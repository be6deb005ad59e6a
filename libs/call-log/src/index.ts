export type { Asked, Found } from './domain/call-line.js';
export { cutMark, isId, mostIds, summaryOf, type KnownPayload } from './domain/summary.js';
export type { Call } from './call.js';
export { CallLogModule } from './call-log.module.js';
export { CallLog } from './call-log.js';
export { CallMonths } from './call-months.js';
export { Callers, type CallerIds } from './callers.js';
export { knownPayloads } from './known-payloads.js';
export { callLogMigrations } from './migrations.js';

/** For specs of the libs: what the engine does, without a database. */
export { ReactionTrial } from './reaction-trial.js';
/** @public */
export { TrialLog } from './trial-log.js';
export { TimerTrial } from './timer-trial.js';
export { missingIn, recordedAs, rowsAfterEach } from './fold-trial.js';

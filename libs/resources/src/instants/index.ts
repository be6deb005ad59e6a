export { DateTimeScalar } from './date-time-scalar.js';
export { instantText, instantTextOrNull } from './instant-text.js';

export * from './event.js';
export * from './decider.js';
export * from './event-log.js';
export * from './command-context.js';
export * from './event-store.js';
export * from './projection.js';

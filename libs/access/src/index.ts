export * from './entity-directory.js';
export * from './position-waiter.js';
export * from './request-scope.js';

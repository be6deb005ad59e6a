export * from './error-codes.js';
export * from './published-error.js';
export * from './told-of.js';
export * from './detail-codes.js';

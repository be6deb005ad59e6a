export * from './inexact-number.js';
export * from './printed-decimal.js';
export * from './decimal-input.js';
export * from './decimal-scalar.js';

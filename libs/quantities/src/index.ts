export * from './decimal.js';
export * from './rounding.js';
export * from './quantity.js';
export * from './currency.js';
export * from './edges/index.js';

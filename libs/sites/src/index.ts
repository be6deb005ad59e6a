export * from './customers.js';
export * from './entities.js';
export * from './locations.js';
export * from './asset-types.js';
export * from './assets.js';
export * from './currency-and-time-zone.js';
export { isCurrencyUsed } from './currency-use.js';
export * from './site-directory.js';
export * from './sites.module.js';

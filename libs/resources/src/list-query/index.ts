export * from './view.js';
export * from './language.js';
export * from './list-definition.js';
export * from './list-query.js';
export * from './parse-list-query.js';
export type { ListPage } from './list-page.js';
export * from './list-reader.js';
export * from './nested-lists.js';
export * from './parked-rows.js';

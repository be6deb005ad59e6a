export * from './users.js';
export * from './people.module.js';

export * from './users.js';
export * from './people.module.js';
export { peopleErrors } from './errors.js';

export * from './request-scope.js';

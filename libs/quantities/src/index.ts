export * from './edges/index.js';

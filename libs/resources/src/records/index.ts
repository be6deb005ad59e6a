export * from './record-decider.js';
export * from './record-definition.js';
export * from './record-printing.js';
export { recordProjection, rowOf } from './record-projection.js';
export * from './personal-values.js';
export * from './record-commands.js';
export * from './record-reader.js';
export * from './record-writer.js';
export * from './records.module.js';

export { namedBy } from './named-by.js';
export type { Relation } from './relation.js';
export { relationReaction } from './relation-reaction.js';
export { Relations } from './relations.js';

import type { Row } from '#millwright/event-sourcing';
import type { Class } from './field-definition.js';

/** What a field that refers to a kind of resource needs to know of it. */
export type ReferenceKind = Readonly<{
  /** Singular, snake_case: what `Reference('asset')` names. */
  kind: string;
  /** What of its row GraphQL shows where another record refers to it; left out: all of it. */
  related?(row: Row): Row;
  /** The GraphQL object type whose source is such a row. */
  graphql?(): Class;
}>;

// Kinds are named, not imported: assets refer to parts and parts to assets, and their libs must not need each other.
const kinds = new Map<string, ReferenceKind>();

/** Makes a kind known, once, when its file is loaded. */
export const defineReferenceKind = (kind: ReferenceKind): void => void kinds.set(kind.kind, kind);

export const knownKind = (kind: string): ReferenceKind | undefined => kinds.get(kind);

import type { Class, Demand, Schema } from './field-definition.js';

/** What a field that refers to a kind of resource needs to know of it. */
export type ReferenceKind = Readonly<{
  /** Singular, snake_case: what `Reference('asset')` names. */
  kind: string;
  /**
   * What fields that refer to it may demand, each as flags that its row must have. A flag that nobody has set refuses nothing: records of earlier
   * releases lack it.
   */
  demands?: Readonly<Partial<Record<Demand, Readonly<Record<string, boolean>>>>>;
  /** What is no record of the kind may stand in for one, and has no number then. */
  standIns?: boolean;
  /** What a property of it is over REST. */
  schemaOf?(property: string): Schema | undefined;
  /** The GraphQL object type whose source is such a row. */
  graphql?(): Class;
}>;

// Kinds are named, not imported: assets refer to parts and parts to assets, and their libs must not need each other.
const kinds = new Map<string, ReferenceKind>();

/** Makes a kind known, once, when its file is loaded. */
export const defineReferenceKind = (kind: ReferenceKind): void => void kinds.set(kind.kind, kind);

/** A field that refers to a kind. */
type Referring = Readonly<{ type: Class; field: string; kind: string; demands?: Demand }>;

const referring: Referring[] = [];

/** Notes what a field refers to; its kind may stand in a file that is loaded later. */
export const refersTo = (reference: Referring): void => void referring.push(reference);

/**
 * To be called once every file is loaded, before anything is served.
 * @throws Error that names each field that refers to what is no kind of record, or demands what its kind knows nothing of
 */
export function assertKindsKnown(): void {
  const unknown = referring.filter(({ kind }) => !kinds.has(kind)).map(({ type, field, kind }) => `${type.name}.${field} to ${kind}`);
  if (unknown.length > 0)
    throw new Error(
      `These fields refer to no kind of record: ${unknown.join(', ')}. The kinds are ${[...kinds.keys()].sort().join(', ')}.`,
    );
  const asking = referring.filter(({ kind, demands }) => demands !== undefined && kinds.get(kind)?.demands?.[demands] === undefined);
  if (asking.length > 0)
    throw new Error(`No kind says what these fields demand: ${asking.map(({ type, field, demands, kind }) => `${type.name}.${field} that a ${kind} is ${demands}`).join(', ')}.`); // prettier-ignore
}

export const knownKind = (kind: string): ReferenceKind | undefined => kinds.get(kind);

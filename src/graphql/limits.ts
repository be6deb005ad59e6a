import {
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fieldExtensionsEstimator, getComplexity, simpleEstimator } from 'graphql-query-complexity';
import { invalid } from '#millwright/fields';

/** What one document may be, so that no single one can hold up the others. */
export const limits = {
  /** Of the document; long texts and lists belong into variables. */
  characters: 100_000,
  tokens: 4_000,
  /** Brackets in one another: the parser goes as deep as they do. */
  brackets: 100,
  operations: 50,
  depth: 12,
  aliases: 50,
  /** What tools ask about the schema is a large answer, and each alias asks for it once more. */
  introspectionAliases: 3,
  /** Lists and objects in one argument, one in another: as deep as a body of JSON may be. */
  values: 32,
  rootFields: 50,
  fragments: 50,
  /** Fields that stand more than once in one selection: validation compares each with each. */
  repeatedFields: 50,
  /** Fields and fragments once every fragment is written out where it is spread. */
  selections: 5_000,
  cost: 30_000,
} as const;

/** The refusals of a document that is too much, by the limit it exceeds. */
const refusals = {
  characters: ['too_long', 'characters'],
  brackets: ['too_deep', 'levels of brackets, or more,'],
  operations: ['too_many_operations', 'operations'],
  fragments: ['too_many_fragments', 'fragments'],
  aliases: ['too_many_aliases', 'aliases'],
  introspectionAliases: ['too_many_aliases', 'aliases beside a question about the schema'],
  values: ['too_deep', 'levels of values'],
  repeatedFields: ['too_many_repetitions', 'repeated fields'],
  rootFields: ['too_many_fields', 'root fields'],
  selections: ['too_many_fields', 'selected fields, with fragments written out'],
  depth: ['too_deep', 'levels of fields'],
} as const;

/** @throws Rejection VALIDATION_FAILED */
export function refuseAbove(limit: keyof typeof refusals, found: number): void {
  if (found <= limits[limit]) return;
  const [code, what] = refusals[limit];
  throw invalid([{ field: 'query', code, message: `has ${found} ${what}; at most ${limits[limit]} are allowed` }]);
}

/**
 * Judges the shape of a document before it is validated, because validation itself takes a time that grows with the square of what is repeated.
 * @throws Rejection VALIDATION_FAILED
 */
export function assertShape(document: DocumentNode): void {
  const { definitions } = document;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  refuseAbove('operations', definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length);
  refuseAbove('fragments', definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).length);
  const tally = { aliases: 0, repeatedFields: 0, introspects: false };
  for (const definition of definitions) if ('selectionSet' in definition) count(definition.selectionSet, tally);
  refuseAbove('values', nestingOfValues(document));
  refuseAbove('aliases', tally.aliases);
  if (tally.introspects) refuseAbove('introspectionAliases', tally.aliases);
  refuseAbove('repeatedFields', tally.repeatedFields);
  const extent = new Extent(fragments);
  for (const definition of definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { selections } = definition.selectionSet;
    refuseAbove('rootFields', selections.length);
    const { depth, size } = extent.of(definition.selectionSet);
    refuseAbove('selections', size);
    // What tools ask about the schema is deep, and limited by a rule of its own.
    const introspects = selections.every((field) => field.kind === Kind.FIELD && field.name.value.startsWith('__'));
    if (!introspects) refuseAbove('depth', depth);
  }
}

type Tally = { aliases: number; repeatedFields: number; introspects: boolean };

/** Counts in every selection of a definition; an inline fragment belongs to the selection it stands in. */
function count(selectionSet: SelectionSetNode, tally: Tally): void {
  const names = new Set<string>();
  const look = (selection: SelectionNode): void => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet.selections.forEach(look);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return;
    if (selection.alias) tally.aliases++;
    if (selection.name.value === '__schema' || selection.name.value === '__type') tally.introspects = true;
    const shownAs = (selection.alias ?? selection.name).value;
    if (names.has(shownAs)) tally.repeatedFields++;
    names.add(shownAs);
    if (selection.selectionSet) count(selection.selectionSet, tally);
  };
  selectionSet.selections.forEach(look);
}

/** How deep values stand in one another, wherever a document has them: validation prints a value that does not fit once on each of its levels. */
function nestingOfValues(document: DocumentNode): number {
  let depth = 0;
  let deepest = 0;
  const nested = { enter: (): void => void (deepest = Math.max(deepest, ++depth)), leave: (): void => void depth-- };
  visit(document, { ListValue: nested, ObjectValue: nested });
  return deepest;
}

type Measure = Readonly<{ depth: number; size: number }>;

/** How deep and how large a selection is with its fragments; each is measured once, so that fragments of fragments cannot multiply the work. */
class Extent {
  private readonly known = new Map<string, Measure>();

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  of({ selections }: SelectionSetNode): Measure {
    let depth = 0;
    let size = 0;
    for (const selection of selections) {
      const inside = this.inside(selection);
      depth = Math.max(depth, inside.depth + (selection.kind === Kind.FIELD ? 1 : 0));
      size += 1 + inside.size;
    }
    return { depth, size };
  }

  private inside(selection: SelectionNode): Measure {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.ofFragment(selection.name.value);
    return selection.selectionSet ? this.of(selection.selectionSet) : { depth: 0, size: 0 };
  }

  private ofFragment(name: string): Measure {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    // A fragment that spreads itself is refused by validation; here it must only end.
    this.known.set(name, { depth: 0, size: 0 });
    const definition = this.fragments.get(name);
    const measure = definition ? this.of(definition.selectionSet) : { depth: 0, size: 0 };
    this.known.set(name, measure);
    return measure;
  }
}

/**
 * How many fields an operation may touch, with what lists are asked for. @throws Rejection VALIDATION_FAILED
 */
export function assertAffordable(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: object | undefined,
  operationName: string | undefined,
): void {
  const cost = getComplexity({
    schema,
    query: document,
    variables: { ...variables },
    operationName,
    estimators: [fieldExtensionsEstimator(), simpleEstimator({ defaultComplexity: 1 })],
  });
  if (cost <= limits.cost) return;
  throw invalid([{ field: 'query', code: 'too_costly', message: `asks for about ${cost} fields; at most ${limits.cost} are allowed` }]);
}

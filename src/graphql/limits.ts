import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { fieldExtensionsEstimator, getComplexity, simpleEstimator } from 'graphql-query-complexity';
import { invalid } from '#millwright/resources';

/** What one document may be, so that no single one can hold up the others. */
export const limits = { tokens: 4_000, depth: 12, aliases: 50, rootFields: 50, cost: 30_000 } as const;

const refusal = (code: string, what: string, most: number): GraphQLError =>
  new GraphQLError(`the document ${what}`, {
    originalError: invalid([{ field: 'query', code, message: `${what}; at most ${most} are allowed` }]),
  });

/** Depth, aliases and root fields, judged before anything is executed. Fragments count where they are spread. */
export function shapeLimits(context: ValidationContext): ASTVisitor {
  let aliases = 0;
  return {
    Field: (node) => {
      if (node.alias && ++aliases === limits.aliases + 1)
        context.reportError(refusal('too_many_aliases', 'has too many aliases', limits.aliases));
    },
    OperationDefinition: (node) => {
      const introspects = node.selectionSet.selections.every((field) => field.kind === Kind.FIELD && field.name.value.startsWith('__'));
      if (node.selectionSet.selections.length > limits.rootFields)
        context.reportError(refusal('too_many_fields', 'has too many root fields', limits.rootFields));
      const depth = new Depth((name) => context.getFragment(name)).of(node.selectionSet);
      if (depth > limits.depth && !introspects) context.reportError(refusal('too_deep', 'nests its fields too deeply', limits.depth));
    },
  };
}

/** How deep a selection goes; each fragment is measured once, so that fragments of fragments cannot multiply the work. */
class Depth {
  private readonly known = new Map<string, number>();

  constructor(private readonly fragment: (name: string) => FragmentDefinitionNode | null | undefined) {}

  of({ selections }: SelectionSetNode): number {
    const depths = selections.map((selection) => {
      if (selection.kind === Kind.FIELD) return 1 + (selection.selectionSet ? this.of(selection.selectionSet) : 0);
      return selection.kind === Kind.INLINE_FRAGMENT ? this.of(selection.selectionSet) : this.ofFragment(selection.name.value);
    });
    return Math.max(0, ...depths);
  }

  private ofFragment(name: string): number {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    // A fragment that spreads itself is refused by another rule; here it must only end.
    this.known.set(name, 0);
    const definition = this.fragment(name);
    const depth = definition ? this.of(definition.selectionSet) : 0;
    this.known.set(name, depth);
    return depth;
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

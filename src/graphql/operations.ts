import {
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { invalid } from '#millwright/fields';
import { unreadable } from './graphql-errors.js';

/**
 * The operation of a document that a request is about.
 * @throws Rejection MALFORMED_REQUEST where there is none of that name, none at all, or a subscription; VALIDATION_FAILED where one of several is not named
 */
export function operationOf({ definitions }: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [first, ...others] = operations;
  if (!first) throw unreadable('the GraphQL document has no operation');
  if (name === undefined && others.length > 0)
    throw invalid([{ field: 'operationName', code: 'required', message: 'must say which of the operations in the document to run' }]);
  const found = name === undefined ? first : operations.find((operation) => operation.name?.value === name);
  if (!found) throw unreadable(`the GraphQL document has no operation named ${JSON.stringify(name?.slice(0, 100))}`);
  if (found.operation === OperationTypeNode.SUBSCRIPTION) throw unreadable('there are queries and mutations here, and no subscriptions');
  return found;
}

/** Whether an operation is a mutation with one field, so that it is clear what a header of the request is about. */
export const isOneMutation = (document: DocumentNode, { operation, selectionSet }: OperationDefinitionNode): boolean =>
  operation === OperationTypeNode.MUTATION && fieldsIn(document, selectionSet, new Set()).length === 1;

/** How many things a document asks for; one that cannot be carried out is one request. */
export function rootFieldsIn(document: DocumentNode, name: string | undefined): number {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const found = name === undefined ? operations[0] : operations.find((operation) => operation.name?.value === name);
  return found ? fieldsIn(document, found.selectionSet, new Set()).length : 1;
}
/** The root fields of an operation. */
export const fieldsOf = (document: DocumentNode, { selectionSet }: OperationDefinitionNode): readonly FieldNode[] =>
  fieldsIn(document, selectionSet, new Set());

/** The root fields with those of fragments; each fragment is looked into once, for it may spread itself. */
function fieldsIn(document: DocumentNode, { selections }: SelectionSetNode, seen: Set<string>): readonly FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value === '__typename' ? [] : [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsIn(document, selection.selectionSet, seen);
    const { value: name } = selection.name;
    const fragment = seen.has(name) ? undefined : fragmentOf(document, name);
    seen.add(name);
    return fragment ? fieldsIn(document, fragment.selectionSet, seen) : [];
  });
}

const fragmentOf = ({ definitions }: DocumentNode, name: string): FragmentDefinitionNode | undefined =>
  definitions.find((definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name) as
    FragmentDefinitionNode | undefined;

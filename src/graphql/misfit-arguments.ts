import {
  GraphQLError,
  isInputType,
  Kind,
  typeFromAST,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ArgumentNode,
  type ASTNode,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';
import type { Detail } from '#millwright/event-sourcing';
import { InexactNumber } from '#millwright/quantities';
import { invalid } from '#millwright/fields';
import { misfitsOf, unknownYet } from './schema-misfits.js';

/** @throws Rejection VALIDATION_FAILED when a variable does not fit the type that the operation gives it */
export function assertVariablesFit(schema: GraphQLSchema, { variableDefinitions }: OperationDefinitionNode, variables: object): void {
  const values = new Map<string, unknown>(Object.entries(variables));
  const details = (variableDefinitions ?? []).flatMap((definition) => {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    const hasDefault = definition.defaultValue !== undefined && !values.has(name);
    return isInputType(type) && !hasDefault ? misfitsOf(type, values.get(name), name) : [];
  });
  if (details.length > 0) throw invalid(details.slice(0, 100));
}

/**
 * The errors of validation with those about one argument's value told as one, in the words of REST.
 * What has nothing to do with a value stays as GraphQL says it.
 */
export function inWordsOfRest(errors: readonly GraphQLError[], schema: GraphQLSchema, document: DocumentNode): GraphQLError[] {
  if (!errors.some(({ nodes }) => nodes !== undefined)) return [...errors];
  const values = argumentsOf(schema, document);
  const told = new Set<ArgumentNode>();
  return errors.flatMap((error) => {
    const missing = /argument "(\w+)" of type .* is required, but it was not provided/.exec(error.message)?.[1];
    if (missing !== undefined) return [refusal(error, [{ field: missing, code: 'required', message: 'must be given' }])];
    const found = values.find(({ node }) => error.nodes?.[0] !== undefined && isInside(error.nodes[0], node.value));
    if (!found) return [error];
    const details = misfitsOf(found.type, valueOf(found.node.value), found.node.name.value, true);
    if (details.length === 0) return [error];
    if (told.has(found.node)) return [];
    told.add(found.node);
    return [refusal(error, details)];
  });
}

const refusal = ({ message, nodes }: GraphQLError, details: readonly Detail[]): GraphQLError =>
  new GraphQLError(message, { nodes, originalError: invalid(details) });

type TypedArgument = Readonly<{ node: ArgumentNode; type: GraphQLInputType }>;

function argumentsOf(schema: GraphQLSchema, document: DocumentNode): TypedArgument[] {
  const found: TypedArgument[] = [];
  const types = new TypeInfo(schema);
  const look = {
    Argument(node: ArgumentNode): void {
      const type = types.getArgument()?.type;
      if (type) found.push({ node, type });
    },
  };
  visit(document, visitWithTypeInfo(types, look));
  return found;
}

const isInside = (node: ASTNode, value: ASTNode): boolean =>
  node.loc !== undefined && value.loc !== undefined && node.loc.start >= value.loc.start && node.loc.end <= value.loc.end;

/** A value as it stands in the document; a word without quotes is one of an enum's, and neither text nor anything else that a field takes. */
function valueOf(node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.VARIABLE:
      return unknownYet;
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map(valueOf);
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, valueOf(value)]));
    case Kind.INT:
    case Kind.FLOAT:
      return node.value.length <= 15 ? Number(node.value) : new InexactNumber(node.value);
    case Kind.ENUM:
      return Symbol(node.value);
    default:
      return node.value;
  }
}

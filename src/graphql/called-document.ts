import { Kind, OperationTypeNode, type DocumentNode, type GraphQLSchema } from 'graphql';
import { operationOf as operationBehind } from '#millwright/resources';
import { fieldsOf, operationOf } from './operations.js';

/** What the log of calls says of a document. */
type Called = Readonly<{
  summary: string | null;
  audit: boolean;
  /** Not all of what it changes are events, so its line is stored first. */
  keptAhead: boolean;
}>;

const called = new WeakMap<DocumentNode, Map<string | undefined, Called>>();
const mostNames = 100;
/** What these let one change stands in tables of its own, too. */
const besideEvents = ['people:write', 'access:manage', 'integrations:manage', 'installation:manage'];

/** Root fields and their arguments by the names that the schema has, whatever the document calls them; a name that it has not is silent. Found out once a document. */
export function calledBy(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): Called {
  const known = called.get(document) ?? new Map<string | undefined, Called>();
  called.set(document, known);
  let found = known.get(operationName);
  if (found) return found;
  try {
    found = lookedUp(schema, document, operationName);
  } catch {
    // It is refused for that a little later, in the words of GraphQL.
    return { summary: null, audit: false, keptAhead: false };
  }
  known.set(operationName, found);
  return found;
}

function lookedUp(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): Called {
  const operation = operationOf(document, operationName);
  const root = operation.operation === OperationTypeNode.MUTATION ? schema.getMutationType() : schema.getQueryType();
  const fields = new Set<string>();
  const names = new Set<string>();
  const scopes = new Set<string>();
  for (const { name, arguments: given = [] } of fieldsOf(document, operation).slice(0, mostNames)) {
    const field = root?.getFields()[name.value];
    if (!field) continue;
    fields.add(field.name);
    for (const scope of operationBehind(field)?.scopes ?? []) scopes.add(scope);
    for (const argument of field.args)
      if (given.some((node) => node.kind === Kind.ARGUMENT && node.name.value === argument.name))
        names.add(`${field.name}.${argument.name}`);
  }
  const summary = { ...(fields.size > 0 && { fields: [...fields] }), ...(names.size > 0 && { arguments: [...names] }) };
  return {
    summary: fields.size > 0 ? JSON.stringify(summary) : null,
    audit: scopes.has('audit:read'),
    keptAhead: operation.operation === OperationTypeNode.MUTATION && besideEvents.some((scope) => scopes.has(scope)),
  };
}

import { OperationTypeNode, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { cutMark } from '#millwright/call-log';
import { operationOf as operationBehind } from '#millwright/resources';
import { defaultsOf, sentIn, type GivenArgument, type Sent } from './called-arguments.js';
import { fieldsOf, operationOf } from './operations.js';

type Variables = Readonly<Record<string, unknown>>;

/** `summary`: JSON, null where there is nothing to say; `ids`: of the records that arguments name. */
type Said = Readonly<{ summary: string | null; ids: readonly number[] }>;

/** What the log of calls says of a document. */
type Called = Readonly<{
  /** With those variables. Asked for when a line is written. */
  said(variables: Variables | undefined): Said;
  audit: boolean;
  /** Not all of what it changes are events, so its line is stored first. */
  keptAhead: boolean;
}>;

const called = new WeakMap<DocumentNode, Map<string | undefined, Called>>();
const mostNames = 100;
/** In a line; of one argument there are fewer. */
const mostIds = 200;
const nothing: Said = { summary: null, ids: [] };
/** What these let one change stands in tables of its own, too. */
const besideEvents = ['people:write', 'access:manage', 'integrations:manage', 'installation:manage'];

/** Root fields and what their arguments hold, by the names that the schema has, whatever the document calls them; a name that it has not is silent. Found out once a document. */
export function calledBy(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): Called {
  const known = called.get(document) ?? new Map<string | undefined, Called>();
  called.set(document, known);
  let found = known.get(operationName);
  if (found) return found;
  try {
    found = lookedUp(schema, document, operationName);
  } catch {
    // It is refused for that a little later, in the words of GraphQL.
    return { said: () => nothing, audit: false, keptAhead: false };
  }
  known.set(operationName, found);
  return found;
}

function lookedUp(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): Called {
  const operation = operationOf(document, operationName);
  const root = operation.operation === OperationTypeNode.MUTATION ? schema.getMutationType() : schema.getQueryType();
  const fields = new Set<string>();
  const given: GivenArgument[] = [];
  const scopes = new Set<string>();
  for (const { name, arguments: nodes = [] } of fieldsOf(document, operation)) {
    const field = root?.getFields()[name.value];
    if (!field) continue;
    fields.add(field.name);
    for (const scope of operationBehind(field)?.scopes ?? []) scopes.add(scope);
    for (const { name: argument, type } of field.args) {
      const node = nodes.find((one) => one.name.value === argument);
      if (node) given.push({ path: `${field.name}.${argument}`, type, value: node.value });
    }
  }
  return {
    said: saying([...fields], given, operation),
    audit: scopes.has('audit:read'),
    keptAhead: operation.operation === OperationTypeNode.MUTATION && besideEvents.some((scope) => scopes.has(scope)),
  };
}

/** What a document says that takes no variables is found out once, too. */
function saying(fields: readonly string[], given: readonly GivenArgument[], operation: OperationDefinitionNode): Called['said'] {
  if (fields.length === 0) return () => nothing;
  const defaults = defaultsOf(operation);
  const said = (variables: Variables = {}): Said => saidOf(fields, sentIn(given, { ...defaults, ...variables }));
  if (operation.variableDefinitions?.length) return said;
  let always: Said | undefined;
  return () => (always ??= said());
}

function saidOf(fields: readonly string[], { names, counts, ids, isCut }: Sent): Said {
  const all = [...new Set([...ids.values()].flat())];
  const summary = {
    fields: fields.slice(0, mostNames),
    ...(names.size > 0 && { arguments: [...names] }),
    ...(counts.size > 0 && { counts: Object.fromEntries(counts) }),
    ...(ids.size > 0 && { ids: Object.fromEntries([...ids].map(([name, noted]) => [name, noted.length === 1 ? noted[0] : noted])) }),
    ...((isCut || fields.length > mostNames || all.length > mostIds) && cutMark),
  };
  return { summary: JSON.stringify(summary), ids: all.slice(0, mostIds) };
}

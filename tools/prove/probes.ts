import { getNamedType, isInputObjectType, type GraphQLArgument, type GraphQLInputType } from 'graphql';
import { documentOf, graphqlWays, nobodysId, type GraphqlWay, type RestWay } from './described-operations.js';
import { resolved, type Json } from './marked-fields.js';
import type { WholeSite } from './whole-site.js';

export type Question = Readonly<{ method: string; path: string; body?: unknown; entityId?: number }>;

/** The same question twice: about a record that somebody may not know of, and about one that there is not. */
export type Probe = Readonly<{ what: string; id: number | string; foreign: Question; absent: Question }>;

const noUuid = '00000000-0000-4000-8000-000000000000';

const collections: Readonly<Record<string, string>> = {
  location: 'locations',
  part: 'parts',
  asset: 'assets',
  storeroom: 'storerooms',
  procedure_template: 'procedure_templates',
  work_order: 'work_orders',
  work_order_request: 'work_order_requests',
  entity: 'entities',
  pm_schedule: 'pm_schedules',
  request_portal: 'request_portals',
  timer: 'timers',
  labor_entry: 'work_orders/labor_entries',
  other_cost: 'work_orders/other_costs',
  transaction: 'parts/transactions',
  downtime: 'assets/downtimes',
  procedure: 'work_orders/procedures',
  comment: 'work_orders/comments',
};

/** What belongs to the whole customer exists at every site (contract, part 4, section 4). */
const ofTheCustomer = /^(users|vendors|categories)$/;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Which records a field names: `asset_id`, `assets_ids`, `procedureTemplateIds`. */
function collectionOf(field: string, own: string | undefined): string | undefined {
  const name = snakeCase(field).replace(/_ids?(_eq|_in)?$/, '');
  if (name === 'parent' || name === 'root') return own;
  return collections[name] ?? collections[name.replace(/s$/, '')];
}

/** Asks about the records of a site, or of somebody else at the same one, in every place where a number can stand. */
export class Probes {
  constructor(
    private readonly document: Json,
    private readonly rest: readonly RestWay[],
    private readonly own: WholeSite,
    private readonly foreign: WholeSite,
    /** Left out, all collections are somebody else's. */
    private readonly only?: RegExp,
  ) {}

  /** Numbers in paths: of the record, and of what belongs to it, also below a record of one's own. */
  inPaths(): Probe[] {
    return this.rest.flatMap((way) => {
      const places = [...way.path.matchAll(/\{(\w+)\}/g)];
      if (way.path.includes('/access/') || way.path.includes('/portal/') || places.length === 0) return [];
      return places.flatMap((_, place) => {
        const collection = collectionAt(way.path, place);
        const id = this.foreignIn(collection);
        if (id === undefined) return [];
        const outer = place === 0 ? [this.own] : [this.own, this.foreign];
        return outer.flatMap((around) =>
          this.bodiesOf(way).map((body) =>
            probe(`${way.way} {${place + 1}}`, id, (asked) => ({
              method: way.method,
              path: pathWith(way.path, around, place, asked),
              body,
            })),
          ),
        );
      });
    });
  }

  /** Numbers in bodies, nested ones included. */
  inBodies(): Probe[] {
    return this.rest.flatMap((way) => {
      const schema = schemaOfBody(way, this.document);
      if (!schema || way.path.includes('/auth') || way.path.includes('/oauth')) return [];
      const [, , root = ''] = way.path.split('/').filter((part) => part !== '');
      return this.fieldsIn(schema, []).flatMap((path) => {
        const field = path.at(-1) ?? '';
        const id = this.foreignIn(collectionOf(field, root));
        if (id === undefined) return [];
        const [body = {}] = this.bodiesOf(way).slice(-1);
        return [
          probe(`${way.way} ${path.join('.')}`, id, (asked) => ({
            method: way.method,
            path: pathWith(way.path, this.own, -1, 0),
            body: withValue(body, path, /_ids$/.test(field) ? [asked] : asked),
          })),
        ];
      });
    });
  }

  /** Numbers that lists and reports are filtered by, in each spelling. The log of calls has every question by which it is asked itself. */
  inQueries(): Probe[] {
    const lists = this.rest.filter(
      ({ method, path }) =>
        method === 'GET' && path.startsWith('/api/v1/') && !/\/(auth|oauth|portal|graphql|openapi|api_calls)/.test(path),
    );
    const names = ['id', 'asset_id', 'location_id', 'part_id', 'work_order_id', 'parent_id', 'root_id', 'entity_id', 'work_order_request_id', 'pm_schedule_id', 'storeroom_id', 'assets_ids', 'parts_ids', 'subtree']; // prettier-ignore
    return lists.flatMap((way) => {
      const [, , root = ''] = way.path.split('/').filter((part) => part !== '');
      return names.flatMap((name) => {
        // Below a record it is the number of what belongs to it.
        const id = this.foreignIn(name === 'id' ? (way.path.includes('{') ? undefined : root) : collectionOf(name, root));
        if (id === undefined) return [];
        const path = pathWith(way.path, this.own, -1, 0);
        return [`?${name}=ID`, `?filter[${name}_in]=ID`, `?filter[${name}_not_eq]=ID`, `?filter={"${name}":"ID"}`].map((query) =>
          probe(`${way.way}${query}`, id, (asked) => ({ method: 'GET', path: `${path}${encodeURI(query.replace('ID', String(asked)))}` })),
        );
      });
    });
  }

  /** Arguments and inputs of GraphQL that are numbers, nested ones included. */
  inGraphql(schemaText: string): Probe[] {
    return graphqlWays(schemaText, this.rest).flatMap((way) =>
      way.field.args.flatMap((argument) =>
        idsIn(argument).flatMap((path) => {
          const field = path.at(-1) ?? '';
          const own = ownCollectionOf(way.field.name);
          const id = this.foreignIn(field === 'id' ? own : collectionOf(field, own));
          if (id === undefined) return [];
          const make = (asked: number | string): Question => ({
            method: 'POST',
            path: '/api/v1/graphql',
            body: { query: this.documentWith(way, path, String(asked)) },
          });
          return [probe(`${way.way} ${path.join('.')}`, id, make)];
        }),
      ),
    );
  }

  /** The header that names the site itself. */
  inHeaders(): Probe[] {
    if (this.own.entityId === this.foreign.entityId) return [];
    return this.rest
      .filter(({ admits, path }) => admits === 'credentials' && !path.includes('/auth'))
      .flatMap((way) =>
        this.bodiesOf(way).map((body) => {
          const path = pathWith(way.path, this.foreign, -1, 0);
          const make = (asked: number | string): Question => ({ method: way.method, path, body, entityId: Number(asked) });
          return probe(`${way.way} X-Entity-Id`, this.foreign.entityId, make);
        }),
      );
  }

  private foreignIn(collection: string | undefined): number | undefined {
    if (collection === undefined || ofTheCustomer.test(collection) || (this.only && !this.only.test(collection))) return undefined;
    return collection === 'entities' && this.own.entityId === this.foreign.entityId ? undefined : this.foreign.ids[collection];
  }

  /** Nothing, and what the document gives as an example, without what it names. */
  private bodiesOf({ method, path }: RestWay): unknown[] {
    if (method === 'GET' || method === 'DELETE') return [undefined];
    const operation = (this.document['paths'] as Record<string, Record<string, Json>>)[path]?.[method.toLowerCase()];
    const content = (operation?.['requestBody'] as Json | undefined)?.['content'] as Record<string, { example?: unknown }> | undefined;
    return [{}, withoutIds(content?.['application/json']?.example ?? {})];
  }

  private fieldsIn(schema: Json, path: readonly string[]): string[][] {
    if (path.length > 4) return [];
    const { properties = {}, items } = resolved(this.document, schema) as { properties?: Record<string, Json>; items?: Json };
    if (items) return this.fieldsIn(items, path);
    return Object.entries(properties).flatMap(([name, property]) =>
      /_ids?$/.test(name) ? [[...path, name]] : this.fieldsIn(property, [...path, name]),
    );
  }

  private documentWith(way: GraphqlWay, path: readonly string[], id: string): string {
    const [argument = '', ...inner] = path;
    if (inner.length > 0) return documentOf(way, { path: inner.join('.'), value: id });
    return documentOf(way).replace(new RegExp(`(\\W${argument}: )"${nobodysId}"`), `$1"${id}"`);
  }
}

const probe = (what: string, id: number, make: (id: number | string) => Question): Probe => ({
  what,
  id,
  foreign: make(id),
  absent: make(nobodysId),
});

/** What the number at a place of a path is of. */
function collectionAt(path: string, place: number): string {
  const [, , root = '', ...inner] = path.split('/').filter((part) => part !== '' && !part.startsWith('{'));
  return place === 0 ? root : `${root}/${inner[0] ?? ''}`;
}

/** A path about the records of a site, with another number at one place. */
function pathWith(path: string, { ids, texts }: WholeSite, place: number, id: number | string): string {
  let at = -1;
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    at += 1;
    if (at === place) return String(id);
    if (name === 'uuid') return texts['portal'] ?? noUuid;
    return String(name === 'name' ? 'parts' : (ids[collectionAt(path, at)] ?? 1));
  });
}

function schemaOfBody({ method, path }: RestWay, document: Json): Json | undefined {
  const operation = (document['paths'] as Record<string, Record<string, Json>>)[path]?.[method.toLowerCase()];
  const content = (operation?.['requestBody'] as Json | undefined)?.['content'] as Record<string, { schema?: Json }> | undefined;
  return content?.['application/json']?.schema;
}

const withoutIds = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !/_ids?$|_attributes$/.test(name))
      .map(([name, inner]) => [name, withoutIds(inner)]),
  );
};

function withValue(body: unknown, [name = '', ...inner]: readonly string[], value: unknown): unknown {
  const before = (typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}) as Json;
  if (inner.length === 0) return { ...before, [name]: value };
  const next = withValue(before[name], inner, value);
  return { ...before, [name]: name.endsWith('_attributes') ? [next] : next };
}

/** Every place of an argument where a number can stand. */
function idsIn({ name, type }: GraphQLArgument): string[][] {
  const visit = (of: GraphQLInputType, path: readonly string[]): string[][] => {
    const named = getNamedType(of);
    if (named.name === 'ID') return [[...path]];
    if (!isInputObjectType(named) || path.length > 3 || named.name.endsWith('Filter')) return [];
    return Object.values(named.getFields()).flatMap((field) => visit(field.type, [...path, field.name]));
  };
  return visit(type, [name]);
}

/** What the number of an operation is of, by the longest kind that its name has. */
function ownCollectionOf(operation: string): string | undefined {
  const name = snakeCase(operation);
  if (name.includes('status')) return undefined;
  const kinds = Object.keys(collections).sort((one, other) => other.length - one.length);
  const kind = kinds.find((it) => name.includes(it));
  return kind === undefined ? undefined : collections[kind];
}

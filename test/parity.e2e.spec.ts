import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { differences, sample } from './contract/shape.js';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
let schema: GraphQLSchema;
beforeAll(async () => {
  app = await sharedServer();
  schema = buildClientSchema(await app.graphql(getIntrospectionQuery()));
});

type Json = string | number | boolean | null | readonly Json[] | Readonly<{ [name: string]: Json }>;
type Fields = Readonly<Record<string, Json>>;

/** What the samples have and a room has yet to bring, by type. Only ever gets shorter. */
const notYet: Readonly<Record<string, readonly string[]>> = {
  workOrder: [
    'type',
    'pm_schedule_id',
    'procedures',
    'work_order_request.created_by.auth_type',
    'work_order_request.created_by.avatar',
    'account_codes',
    'vendors',
    'active_timer_current_user',
  ],
};

const isGroup = (value: Json | undefined): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The record of a sample: that of its answer, or the first of its list. */
function recordOf(name: string): Fields {
  const { data } = sample(name).response as { data: Json };
  return (Array.isArray(data) ? data[0] : data) as Fields;
}

/** A selection of all that a sample shows, and what of it the type does not have. */
function selectionOf(type: GraphQLObjectType, shown: Fields, path = ''): { selection: string; missing: string[] } {
  const missing: string[] = [];
  const selected = Object.entries(shown).map(([name, value]) => {
    const field = type.getFields()[camelCase(name)] as GraphQLField<unknown, unknown> | undefined;
    if (!field) {
      missing.push(`${path}${name}`);
      return '';
    }
    const inner = getNamedType(field.type);
    if (!isObjectType(inner)) return field.name;
    const example = Array.isArray(value) ? (value as readonly Json[])[0] : value;
    const below = selectionOf(inner, isGroup(example) ? example : { id: 1 }, `${path}${name}.`);
    missing.push(...below.missing);
    return `${field.name} { ${below.selection || '__typename'} }`;
  });
  return { selection: selected.join(' '), missing };
}

/** Where GraphQL says something else than REST of what it selects: decimals and ids are text there, times have milliseconds. */
function otherwise(rest: Json | undefined, graphql: Json | undefined, path = ''): string[] {
  if (graphql === undefined) return [];
  if (Array.isArray(graphql) && Array.isArray(rest))
    return rest.length === graphql.length
      ? rest.flatMap((item: Json, index) => otherwise(item, (graphql as readonly Json[])[index], `${path}[${index}]`))
      : [`${path} has ${graphql.length} instead of ${rest.length}`];
  if (isGroup(graphql) && isGroup(rest))
    return Object.entries(rest).flatMap(([name, value]) => otherwise(value, graphql[camelCase(name)], `${path}.${name}`));
  const isSame =
    rest === graphql ||
    (typeof rest === 'number' && typeof graphql === 'string' && Number(graphql) === rest) ||
    (/_(at|date)$/.test(path) && typeof rest === 'string' && typeof graphql === 'string' && Date.parse(rest) === Date.parse(graphql));
  return isSame ? [] : [`${path} is ${JSON.stringify(graphql)}, over REST ${JSON.stringify(rest)}`];
}

const create = async (path: string, root: string, fields: object): Promise<number> =>
  (await app.post(path, { [root]: fields }).expect(201)).data.id as number;

/** Asks for one record over both, for all that the samples of its kind show. */
async function compare(query: string, path: string, id: number, [full, row]: readonly [full: string, row: string]): Promise<void> {
  const alone = (await app.get(`/${path}/${id}`).expect(200)) as { body: Json; data: Fields };
  const listed = await app.get(`/${path}?id=${id}`).expect(200);
  expect(differences(sample(full).response, alone.body)).toEqual([]);
  expect(differences(sample(row).response, listed.body)).toEqual([]);

  const type = schema.getQueryType()?.getFields()[query]?.type;
  const named = type && getNamedType(type);
  if (!isObjectType(named)) throw new Error(`there is no query ${query}`);
  const { selection, missing } = selectionOf(named, { ...recordOf(row), ...recordOf(full) });
  expect(missing.filter((name) => !(notYet[query] ?? []).includes(name))).toEqual([]);
  const answer = (await app.graphql(`{ ${query}(id: ${id}) { ${selection} } }`)) as Fields;
  expect(otherwise(alone.data, answer[query])).toEqual([]);
  expect(otherwise((listed.data as readonly Fields[])[0], answer[query])).toEqual([]);
}

describe('what the samples show is the same over REST and GraphQL', () => {
  it('of an asset', async () => {
    const location_id = await create('/locations', 'location', { name: 'Hall 3' });
    const parent_id = await create('/assets', 'asset', { name: 'Line 4', location_id });
    const technicians_ids = [await create('/users', 'user', { name: 'Ada', surname: 'King' })];
    const asset_types_ids = [await create('/asset_types', 'asset_type', { name: 'Conveyor' })];
    const parts_ids = [await create('/parts', 'part', { name: 'Idler' })];
    const vendor_contacts_attributes = [{ name: 'Robert', email: 'robert@summit.example', phone: '1-493', extension: '9' }];
    const vendors_ids = [await create('/vendors', 'vendor', { name: 'Summit', vendor_contacts_attributes })];
    const { asset } = sample('01-create-asset').request as { asset: object };
    const here = { location_id, parent_id, technicians_ids, asset_types_ids, parts_ids, vendors_ids };
    await compare('asset', 'assets', await create('/assets', 'asset', { ...asset, ...here }), ['03-show-asset', '02-list-assets']);
  });

  it('of a location', async () => {
    const parent_id = await create('/locations', 'location', { name: 'Building A' });
    const id = await create('/locations', 'location', { name: 'Room 7', description: 'The last one', address: 'Main St 1', parent_id });
    await compare('location', 'locations', id, ['09-show-location', '08-list-locations']);
  });

  it('of a part and of its transactions', async () => {
    const part_type_id = await create('/part_types', 'part_type', { name: 'Filters' });
    const storeroom_id = await create('/storerooms', 'storeroom', { name: 'Cellar' });
    const assets_ids = [await create('/assets', 'asset', { name: 'Fan' })];
    const { part } = sample('11-create-part').request as { part: object };
    const here = { part_type_id, storeroom_id, measurement_unit_id: 1, assets_ids, vendor_parts_attributes: [] };
    const id = await create('/parts', 'part', { ...part, ...here });
    await compare('part', 'parts', id, ['13-show-part', '12-list-parts']);
    const { data } = await app.get(`/parts/${id}/transactions`).expect(200);
    const { selection, missing } = selectionOf(
      schema.getType('PartTransaction') as GraphQLObjectType,
      recordOf('19-list-part-transactions'),
    );
    expect(missing).toEqual([]);
    const shown = await app.graphql(`{ part(id: ${id}) { transactions(first: 1) { nodes { ${selection} } } } }`);
    expect(otherwise((data as readonly Fields[])[0], shown.part.transactions.nodes[0])).toEqual([]);
  });

  it('of a user', async () => {
    const id = await create('/users', 'user', { name: 'Alice', surname: 'Johnson', email: 'alice@parity.example', regular_rate: 41 });
    await compare('user', 'users', id, ['30-show-user', '29-list-users']);
  });

  it('of a work order', async () => {
    const asset_id = await create('/assets', 'asset', { name: 'Freezer' });
    const part_id = await create('/parts', 'part', { name: 'Seal', on_hand_qty: 3, unit_cost: 3.33, measurement_unit_id: 1 });
    const id = await create('/work_orders', 'work_order', {
      title: 'Replace the seal',
      description: 'It leaks',
      priority: 'high',
      asset_id,
      location_id: await create('/locations', 'location', { name: 'Kitchen' }),
      categories_ids: [await create('/categories', 'category', { name: 'Refrigeration' })],
      technicians_ids: [await create('/users', 'user', { name: 'John', surname: 'Doe' })],
      checklist: [{ text: 'Switch it off', order: 1, checked: true }],
      due_date: '2026-12-01T12:00:00Z',
    });
    await app.post(`/work_orders/${id}/parts`, { part_id, quantity: 2 }).expect(201);
    await app.post(`/assets/${asset_id}/downtimes`, { downtime: { work_order_id: id } }).expect(201);
    await compare('workOrder', 'work_orders', id, ['35-show-work-order', '34-list-work-orders']);
  });

  it('of a site', async () => {
    const { data } = await app.get('/entities?id=1').expect(200);
    const { selection, missing } = selectionOf(schema.getType('Entity') as GraphQLObjectType, recordOf('06-list-entities'));
    expect(missing).toEqual([]);
    const answer = await app.graphql(`{ entity(id: 1) { ${selection} } }`);
    // REST adds the hours of today to the zone's name, for people; a program asks for the name.
    const [{ timezone, ...shown } = {}] = data as readonly Fields[];
    expect(otherwise(shown, answer.entity)).toEqual([]);
    expect(timezone).toEqual(expect.stringContaining(`${answer.entity.timezone}: `));
  });
});

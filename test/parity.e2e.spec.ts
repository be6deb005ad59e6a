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

/** What the samples show and nothing here can set: files come later, and so does what access knows of people. By its path, wherever that ends so. */
const fedLater: readonly RegExp[] = [
  /\.(images?|documents|avatar)$/,
  /^\.(unconfirmed_email|permissions|activity|invitation_details|tenant)$/,
  // The one who does everything here is the built-in user, who has a name.
  /(created|updated)_by\.(surname|email|phone_number)$/,
];

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

/** What a sample shows and the record has not, though all of it was set: null, an empty list, or another type than the sample's. */
function unset(expected: Json | undefined, found: Json | undefined, path = ''): string[] {
  if (expected === null || expected === undefined || fedLater.some((later) => later.test(path))) return [];
  if (found === null || found === undefined || (Array.isArray(found) && found.length === 0)) return [path];
  if (Array.isArray(expected) && Array.isArray(found)) return unset((expected as Json[])[0], (found as Json[])[0], path);
  if (!isGroup(expected) || !isGroup(found)) return [];
  return Object.entries(expected).flatMap(([name, value]) => unset(value, found[name], `${path}.${name}`));
}

/**
 * Asks for one record over both, for all that the samples of its kind show. Each of their fields was set by a command, but those of `elsewhere`: these
 * cannot be had on one record together with the others.
 */
async function compare(
  query: string,
  path: string,
  id: number,
  [full, row]: readonly [full: string, row: string],
  elsewhere: readonly string[] = [],
): Promise<Fields> {
  const alone = (await app.get(`/${path}/${id}`).expect(200)) as { body: Json; data: Fields };
  const listed = await app.get(`/${path}?id=${id}`).expect(200);
  const [listedRow] = listed.data as readonly Fields[];
  expect(differences(sample(full).response, alone.body)).toEqual([]);
  expect(differences(sample(row).response, listed.body)).toEqual([]);
  const missed = [...unset(recordOf(full), alone.data), ...unset(recordOf(row), listedRow)];
  expect(missed.filter((field) => !elsewhere.includes(field))).toEqual([]);

  const type = schema.getQueryType()?.getFields()[query]?.type;
  const named = type && getNamedType(type);
  if (!isObjectType(named)) throw new Error(`there is no query ${query}`);
  const { selection, missing } = selectionOf(named, together(recordOf(row), recordOf(full)));
  expect(missing).toEqual([]);
  const answer = (await app.graphql(`{ ${query}(id: ${id}) { ${selection} } }`)) as Fields;
  expect(otherwise(alone.data, answer[query])).toEqual([]);
  expect(otherwise(listedRow, answer[query])).toEqual([]);
  return alone.data;
}

/** What either sample shows, also of what is nested. */
function together(one: Fields, other: Fields): Fields {
  const shared = Object.entries(one).map(([name, value]) => {
    const beside = other[name];
    return [name, isGroup(value) && isGroup(beside) ? together(value, beside) : (beside ?? value)] as const;
  });
  return { ...other, ...Object.fromEntries(shared) };
}

const vendor = (): Promise<number> =>
  create('/vendors', 'vendor', {
    name: 'Summit',
    vendor_contacts_attributes: [{ name: 'Robert', role: 'Owner', email: 'robert@summit.example', phone: '1-493', extension: '9' }],
  });

describe('what the samples show is the same over REST and GraphQL', () => {
  it('of an asset', async () => {
    const location_id = await create('/locations', 'location', { name: 'Hall 3' });
    const parent_id = await create('/assets', 'asset', { name: 'Line 4', location_id });
    const technicians_ids = [await create('/users', 'user', { name: 'Ada', surname: 'King' })];
    const asset_types_ids = [await create('/asset_types', 'asset_type', { name: 'Conveyor' })];
    const parts_ids = [await create('/parts', 'part', { name: 'Idler' })];
    const vendors_ids = [await vendor()];
    const { asset } = sample('01-create-asset').request as { asset: object };
    const here = { location_id, parent_id, technicians_ids, asset_types_ids, parts_ids, vendors_ids };
    await compare('asset', 'assets', await create('/assets', 'asset', { ...asset, ...here }), ['03-show-asset', '02-list-assets']);
  });

  it('of a location', async () => {
    const parent_id = await create('/locations', 'location', { name: 'Building A' });
    const id = await create('/locations', 'location', {
      ...{ name: 'Room 7', description: 'The last one', address: 'Main St 1', parent_id },
      qr_code_attributes: { generate_qr_code: true },
    });
    await compare('location', 'locations', id, ['09-show-location', '08-list-locations']);
  });

  it('of a part and of its transactions', async () => {
    const part_type_id = await create('/part_types', 'part_type', { name: 'Filters' });
    const storeroom_id = await create('/storerooms', 'storeroom', { name: 'Cellar' });
    const assets_ids = [await create('/assets', 'asset', { name: 'Fan' })];
    const { part } = sample('11-create-part').request as { part: object };
    const bought = { vendor_id: await vendor(), vendor_part_number: 'ABC-1', unit_cost: 2.5, lead_time: 7, is_preferred: true };
    const here = { part_type_id, storeroom_id, measurement_unit_id: 1, assets_ids, vendor_parts_attributes: [bought] };
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

  it('of a vendor', async () => {
    const id = await vendor();
    const named = {
      locations_ids: [await create('/locations', 'location', { name: 'Building A' })],
      categories_ids: [await create('/categories', 'category', { name: 'Refrigeration' })],
      assets_ids: [await create('/assets', 'asset', { name: 'Air Purifier' })],
    };
    const plain = { description: 'Installs', tax_id: '12-3', address: '1 St', rating: 5, hourly_rate: 32.5, parts_supplier: true };
    await app.patch(`/vendors/${id}`, { vendor: { ...plain, ...named } }).expect(200);
    await create('/parts', 'part', { name: 'Air Filter', vendor_parts_attributes: [{ vendor_id: id, vendor_part_number: 'A' }] });
    await compare('vendor', 'vendors', id, ['32-show-vendor', '31-list-vendors']);
  });

  it('of a user', async () => {
    const id = await create('/users', 'user', {
      ...{ name: 'Alice', surname: 'Johnson', email: 'alice@parity.example', phone_number: '+1', job_title: 'Fitter', language: 'en' },
      ...{ regular_rate: 41, overtime_rate1: 61.5, overtime_rate2: 82, can_be_assigned_to_wo: true },
    });
    await compare('user', 'users', id, ['30-show-user', '29-list-users']);
  });

  /** What a request, an order and a template for orders have in common. */
  const work = async () => ({
    title: 'Replace the seal',
    description: 'It leaks',
    priority: 'high',
    asset_id: await create('/assets', 'asset', { name: 'Freezer' }),
    location_id: await create('/locations', 'location', { name: 'Kitchen' }),
    categories_ids: [await create('/categories', 'category', { name: 'Refrigeration' })],
    technicians_ids: [await create('/users', 'user', { name: 'John', surname: 'Doe', regular_rate: 41 })],
    vendors_ids: [await vendor()],
  });
  const ordered = async () => ({
    ...(await work()),
    account_codes_ids: [await create('/account_codes', 'account_code', { name: 'Emergency' })],
    checklist: [{ text: 'Switch it off', order: 1, checked: true }],
  });
  const template = (): Promise<number> =>
    create('/procedure_templates', 'procedure_template', {
      ...{ name: 'Audit', description: 'Looks for what is broken' },
      items: [{ name: 'Type', item_type: 'multiple_choice', options: { choices: ['Routine', 'Emergency'], required: true } }],
    });
  const seal = (): Promise<number> => create('/parts', 'part', { name: 'Seal', on_hand_qty: 9, unit_cost: 3.33, measurement_unit_id: 1 });

  it('of a request that came through a portal, and of the work order that it became', async () => {
    const portal = { title: 'Reception', location_id: await create('/locations', 'location', { name: 'Hall' }) };
    const { data: opened } = await app.post('/request_portals', { request_portal: portal }).expect(201);
    await app.post(`/portal/${opened.uuid}/requests`, { title: 'Leak', name: 'Guest', email: 'guest@parity.example' }).expect(201);
    const { data: asked } = await app.get(`/work_order_requests?request_portal_id=${opened.id}`).expect(200);
    const request = asked[0].id as number;
    const said = { ...(await work()), notify: true, due_date: '2026-12-01T12:00:00Z' };
    await app.patch(`/work_order_requests/${request}`, { work_order_request: said }).expect(200);
    await app.post(`/work_order_requests/${request}/comments`, { comment: { text: 'Seen' } }).expect(201);

    const { title: _, ...details } = await ordered();
    const { data: order } = await app.post(`/work_order_requests/${request}/convert`, {
      work_order: {
        ...details,
        procedure_template_ids: [await template()],
        notify_vendors_on_create: 'yes',
        notify_vendors_on_update: 'yes',
      },
    });
    const path = `/work_orders/${order.id}`;
    await app.post(`${path}/parts`, { part_id: await seal(), quantity: 2 }).expect(201);
    await app.post(`${path}/comments`, { comment: { text: 'Begun' } }).expect(201);
    await app.post(`${path}/other_costs`, { other_cost: { amount: 38 } }).expect(201);
    await app.post(`${path}/labor_entries`, { labor_entry: { technician_id: details.technicians_ids[0], hours: 2 } }).expect(201);
    const down = { work_order_id: order.id, started_at: '2026-03-02T08:00:00Z', ended_at: '2026-03-02T09:00:00Z' };
    await app.post(`/assets/${details.asset_id}/downtimes`, { downtime: down }).expect(201);
    const [procedure] = (await app.get(`${path}/procedures`).expect(200)).data;
    await app.patch(`${path}/procedures/${procedure.id}`, { answers: [{ item_id: procedure.items[0].id, value: 'Routine' }] }).expect(200);
    await app.patch(path, { work_order: { status_id: 5 } }).expect(200);

    await compare('workOrderRequest', 'work_order_requests', request, ['27-show-work-order-request', '26-list-work-order-requests']);
    // A timer of whoever asks needs the key of a person; a schedule's order is compared below.
    const shown = await compare(
      'workOrder',
      'work_orders',
      order.id as number,
      ['35-show-work-order', '34-list-work-orders'],
      ['.active_timer_current_user', '.pm_schedule_id'],
    );
    expect(shown).toMatchObject({ total_costs: { labor: 82, other: 38, parts: 6.66, total: 126.66 } });
  });

  it('of a schedule, its procedure template, and the work order that it opened', async () => {
    const procedure = await template();
    const id = await create('/pm_schedules', 'pm_schedule', {
      ...{ start_date: '2095-02-18T12:00:00Z', time_to_complete: 4, repeat_frequency: 'month', repeat_occurrence: 'custom' },
      ...{ on_week_days: [1], in_months: [2, 7], on_month_day: 18, procedure_template_ids: [procedure] },
      template_work_order: { ...(await ordered()), part_assignments: [{ part_id: await seal(), quantity: 2 }] },
    });
    await app.post(`/pm_schedules/${id}/raise`).expect(200);
    const schedule = await compare('pmSchedule', 'pm_schedules', id, ['22-show-pm-schedule', '21-list-pm-schedules']);
    await compare('procedureTemplate', 'procedure_templates', procedure, ['24-show-procedure-template', '23-list-procedure-templates']);
    const order = await app.get(`/work_orders/${schedule['last_active_work_order_id'] as number}`).expect(200);
    expect(order.data).toMatchObject({ pm_schedule_id: id, type: 'preventive', procedures: [{ procedure_template_id: procedure }] });
  });

  it('of a site', async () => {
    const { data } = await app.get('/entities?id=1').expect(200);
    const { selection, missing } = selectionOf(schema.getType('Entity') as GraphQLObjectType, recordOf('06-list-entities'));
    expect(missing).toEqual([]);
    const answer = await app.graphql(`{ entity(id: 1) { ${selection} } }`);
    expect(otherwise((data as readonly Fields[])[0], answer.entity)).toEqual([]);
    expect(answer.entity.timezone).toBe('Etc/UTC: +00:00');
  });
});

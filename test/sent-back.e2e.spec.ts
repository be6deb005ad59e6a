import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

type Schema = Readonly<{ $ref?: string; properties?: Readonly<Record<string, Schema>>; items?: Schema; allOf?: readonly Schema[] }>;
type Shown = Readonly<Record<string, unknown>>;
type Operation = Readonly<{ requestBody?: Readonly<{ content: Readonly<{ 'application/json': Readonly<{ schema: Schema }> }> }> }>;

const { paths, components } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  paths: Readonly<Record<string, Readonly<{ patch?: Operation }>>>;
  components: Readonly<{ schemas: Readonly<Record<string, Schema>> }>;
};

/** Every kind of record that a PATCH changes, by the name that its fields stand under: where it is, and what can be said of it. */
const kinds = new Map(
  Object.entries(paths).flatMap(([path, { patch }]) => {
    const [, collection] = /^\/api\/v1(\/\w+)\/\{id\}$/.exec(path) ?? [];
    const [[root, schema] = []] = Object.entries(patch?.requestBody?.content['application/json'].schema.properties ?? {});
    return collection && root && schema ? [[root, { collection, schema }] as const] : [];
  }),
);
const kind = (root: string) => kinds.get(root) ?? { collection: '', schema: {} };

/** What no PATCH says, not even again: it moves through operations (contract, README), or is said once (S31). */
const refused: Readonly<Record<string, readonly string[]>> = {
  part: ['on_hand_qty', 'unit_cost', 'avg_unit_cost'],
  work_order: ['work_order_request_id'],
};

const fieldsIn = ({ $ref, properties, items, allOf = [] }: Schema): Readonly<Record<string, Schema>> => {
  const named = $ref === undefined ? undefined : components.schemas[$ref.split('/').at(-1) ?? ''];
  return { ...(named && fieldsIn(named)), ...(items && fieldsIn(items)), ...Object.assign({}, ...allOf.map(fieldsIn)), ...properties };
};

const idIn = (record: unknown): unknown => (record as { id?: unknown } | null)?.id ?? null;

/** Where a record shows what is said in a field: other records by their numbers, lists of its own under their names. */
function shownOf(field: string, shown: Shown): unknown {
  if (field in shown) return shown[field];
  const [, stem = '', way] = /^(.+)_(id|ids|attributes)$/.exec(field) ?? [];
  if (way === 'id') return stem in shown ? idIn(shown[stem]) : undefined;
  const list = shown[stem] ?? shown[`${stem}s`];
  if (!Array.isArray(list)) return undefined;
  return way === 'ids' ? list.map(idIn) : list;
}

/** What a client sends back that has read a record and changed nothing of it. */
function sentBack(schema: Schema, shown: Shown): Shown {
  const said = Object.entries(fieldsIn(schema)).map(([field, { ...inside }]) => {
    const value = shownOf(field, shown);
    if (Object.keys(fieldsIn(inside)).length === 0 || typeof value !== 'object' || value === null) return [field, value];
    return [field, Array.isArray(value) ? value.map((one: Shown) => sentBack(inside, one)) : sentBack(inside, value as Shown)];
  });
  return Object.fromEntries(said.filter(([, value]) => value !== undefined)) as Shown;
}

type Made = readonly [root: string, id: number];

/** What becomes of records that are sent back, those that stay as they are left out. */
async function changedBy(records: readonly Made[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const [root, id] of records) {
    const { collection, schema } = kind(root);
    const path = `${collection}/${id}`;
    const before = await app.get(path).expect(200);
    const fields = Object.entries(sentBack(schema, before.data)).filter(([field]) => !refused[root]?.includes(field));
    const { status, error } = await app.patch(path, { [root]: Object.fromEntries(fields) });
    const after = await app.get(path).expect(200);
    if (status !== 200) found.push([root, status, error]);
    else if (after.headers.get('etag') !== before.headers.get('etag')) found.push([root, before.data, after.data]);
  }
  return found;
}

async function create(root: string, fields: object): Promise<Made> {
  const own = 'title' in fieldsIn(kind(root).schema) ? 'title' : 'name';
  const body = { [root]: { [own]: `${root} ${randomUUID()}`, ...fields } };
  return [root, (await app.post(kind(root).collection, body).expect(201)).data.id as number];
}

const needed: Readonly<Record<string, object>> = {
  measurement_unit: { short_name: 'u' },
  pm_schedule: { start_date: '2098-01-31T12:00:00Z' },
  work_order_status: { kind: 'open' },
};

/** One record of each kind of which nothing is said but what must be. */
const bare = (): Promise<Made[]> => Promise.all([...kinds.keys()].map((root) => create(root, needed[root] ?? {})));

/** Records of which all is said that can be, and which name those. */
async function naming(those: readonly Made[]): Promise<Made[]> {
  const of = Object.fromEntries(those);
  const id = (root: string): number => of[root] ?? 0;
  const [vendors_ids, technicians_ids, categories_ids] = [[id('vendor')], [id('user')], [id('category')]];
  const place = { asset_id: id('asset'), location_id: id('location') };
  const people = { technicians_ids, vendors_ids, categories_ids, customer_id: id('customer') };
  const account_code_id = id('account_code');
  const work = { ...place, ...people, description: 'Two\nlines ', priority: 'high', account_codes_ids: [account_code_id], notify_vendors_on_create: 'yes', notify_vendors_on_update: 'yes', checklist: [{ text: 'Oil', order: 1, checked: true }] }; // prettier-ignore
  const contacts = [{ name: 'Bob', email: 'bob@example.com', is_primary: true }, { name: 'Al', phone: '+49 30 1' }]; // prettier-ignore
  const items = [{ name: 'Pressure', item_type: 'number', options: { min: 1, max: 4.5, unit: 'bar', required: true } }];
  return Promise.all(
    Object.entries<object>({
      category: { account_code_id },
      location: { parent_id: id('location'), account_code_id, address: ' 1 Example St ' },
      storeroom: { location_id: id('location') },
      vendor: { rating: 4, hourly_rate: 30.5, locations_ids: [id('location')], categories_ids, vendor_contacts_attributes: contacts },
      user: { surname: 'Doe', email: `${randomUUID()}@example.com`, regular_rate: 41.25, permissions_attributes: [{ entity_id: 1, role: 'technician' }] }, // prettier-ignore
      entity: { timezone: 'Europe/Berlin', currency: 'JPY', portfolio: 'North', account_code_id },
      asset: { location_id: id('location'), parent_id: id('asset'), account_code_id, asset_types_ids: [id('asset_type')], technicians_ids, vendors_ids, purchase_date: '2023-08-24', purchase_cost: 549.99 }, // prettier-ignore
      part: { on_hand_qty: 6, unit_cost: 26.15, min_qty: 5.125, part_type_id: id('part_type'), storeroom_id: id('storeroom'), measurement_unit_id: id('measurement_unit'), assets_ids: [id('asset')], vendor_parts_attributes: [{ vendor_id: id('vendor'), vendor_part_number: 'X', unit_cost: 4.5, is_preferred: true }] }, // prettier-ignore
      procedure_template: { items },
      request_portal: { ...place, categories_ids },
      work_order_request: { ...place, ...people, priority: 'high', due_date: '2098-01-31T12:00:00Z', notify: true },
      work_order: { ...work, due_date: '2098-01-31T12:00:00Z', status_id: id('work_order_status'), dedup_key: randomUUID() },
      pm_schedule: { ...needed['pm_schedule'], title: null, repeat_frequency: 'month', repeat_occurrence: 'custom', in_months: [2, 7], on_month_day: 18, time_to_complete: 4.25, end_date: '2099-12-31', procedure_template_ids: [id('procedure_template')], template_work_order: { ...work, title: 'Filters', part_assignments: [{ part_id: id('part'), quantity: 2 }] } }, // prettier-ignore
    }).map(([root, fields]) => create(root, fields)),
  );
}

describe('a record that is sent back as it was read', () => {
  it('stays as it is, whatever its kind, and nothing is written', async () => {
    const those = await bare();
    expect(those.length).toBeGreaterThan(20);
    const schedule = Object.fromEntries(those)['pm_schedule'];
    const raised: Made = ['work_order', (await app.post(`/pm_schedules/${schedule}/raise`).expect(200)).data.last_active_work_order_id];
    expect(await changedBy([...those, ...(await naming(those)), raised])).toEqual([]);
  });

  it('stays as it is where what it names is archived meanwhile', async () => {
    const those = await bare();
    const records = await naming(those);
    for (const [root, id] of those) await app.delete(`${kind(root).collection}/${id}`).expect(204);
    expect(await changedBy(records)).toEqual([]);
  });

  it('stays as it is where nothing is said of what its template has by itself', async () => {
    const [, id] = await create('pm_schedule', needed['pm_schedule'] ?? {});
    const template_work_order = { notify_vendors_on_create: null, notify_vendors_on_update: null, checklist: null };
    const { headers } = await app.patch(`/pm_schedules/${id}`, { pm_schedule: { template_work_order } }).expect(200);
    expect(headers.get('etag')).toBe('"0"');
  });
});

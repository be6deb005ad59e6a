import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
let schema: GraphQLSchema;
beforeAll(async () => {
  app = await sharedServer();
  schema = buildClientSchema(await app.graphql(getIntrospectionQuery()));
});

type Shown = Readonly<{ [name: string]: unknown; __typename: string; id?: string }>;
type Field = GraphQLField<unknown, unknown>;

const create = async (path: string, root: string, fields: object): Promise<number> =>
  (await app.post(path, { [root]: fields }).expect(201)).data.id as number;

/** Everything that can be said of somebody. */
const person = (login: string) => ({
  ...{ name: 'Grace', surname: 'Hopper', email: `${login}@example.com`, login_identifier: login, phone_number: '+1', job_title: 'Admiral' },
  ...{ language: 'de', regular_rate: 41.5, overtime_rate1: 50, overtime_rate2: 60, external_reference: login },
});
const contact = { name: 'Bob', role: 'Owner', email: 'bob@example.com', phone: '1-493', extension: '9' };

/** A key of the record by which everything else is found. */
const key = (type: string, id: unknown): string => `${type} ${String(id)}`;

const fieldsOf = (type: GraphQLObjectType): readonly Field[] =>
  Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument));
const leavesOf = (type: GraphQLObjectType): string =>
  ['__typename', ...fieldsOf(type).flatMap(({ name, type: of }) => (isLeafType(getNamedType(of)) ? [name] : []))].join(' ');

/** The scalar fields of a type and of all that lies so many steps beyond it. */
function selection(type: GraphQLObjectType, steps: number): string {
  const beyond = fieldsOf(type).flatMap(({ name, type: of }) => {
    const inner = getNamedType(of);
    return isObjectType(inner) && steps > 0
      ? [`${name} { ${selection(inner, inner.name.endsWith('Connection') ? steps : steps - 1)} }`]
      : [];
  });
  return [leavesOf(type), ...beyond].join(' ');
}

/** Every object in an answer. */
function objectsIn(value: unknown): Shown[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(objectsIn);
  return '__typename' in value ? [value as Shown, ...below] : below;
}

/** The query of one record of a type, where there is one. */
const queryOf = (type: string): string | undefined =>
  Object.values(schema.getQueryType()?.getFields() ?? {}).find(
    (field) => getNamedType(field.type).name === type && field.args.map(({ name }) => name).join() === 'id',
  )?.name;

describe('a record that is reached through another', () => {
  it('shows the same as where it is asked for itself, whatever the record and however it is read', async () => {
    const technician = await create('/users', 'user', person('grace.relations'));
    const vendor = await create('/vendors', 'vendor', {
      ...{ name: 'Summit', description: 'Installs', tax_id: '12-3', address: '1 St', rating: 5, hourly_rate: 32.5 },
      vendor_contacts_attributes: [contact],
    });
    const customer_id = await create('/customers', 'customer', {
      ...{
        name: 'Harbour Hotel',
        description: 'By the sea',
        email: 'desk@example.com',
        phone: '+2',
        address: 'Quay 1',
        account_number: 'H1',
      },
    });
    const location_id = await create('/locations', 'location', { name: 'Hall', address: 'Main St 1' });
    const people = { technicians_ids: [technician], vendors_ids: [vendor] };
    const asset_id = await create('/assets', 'asset', { name: 'Pump', location_id, ...people });
    const bought = { vendor_id: vendor, vendor_part_number: 'A1', unit_cost: 2.5, lead_time: 7 };
    const part = await create('/parts', 'part', {
      ...{ name: 'Seal', on_hand_qty: 9, unit_cost: 3.33, assets_ids: [asset_id], vendor_parts_attributes: [bought] },
    });
    const request = await create('/work_order_requests', 'work_order_request', { title: 'Leak', asset_id, customer_id, ...people });
    const { data: order } = await app.post(`/work_order_requests/${request}/convert`, {}).expect(201);
    const path = `/work_orders/${order.id}`;
    await app.post(`${path}/parts`, { part_id: part, quantity: 2 }).expect(201);
    await app.post(`${path}/labor_entries`, { labor_entry: { technician_id: technician, hours: 2 } }).expect(201);
    await app.post(`${path}/labor_entries`, { labor_entry: { vendor_id: vendor, hours: 1 } }).expect(201);
    await app.post(`${path}/comments`, { comment: { text: 'Begun' } }).expect(201);
    await app.post(`${path}/other_costs`, { other_cost: { amount: 38 } }).expect(201);
    await app.post(`${path}/timer/start`, { technician_id: technician }).expect(201);
    const template_work_order = { title: 'Filters', customer_id, asset_id, ...people };
    const schedule = await create('/pm_schedules', 'pm_schedule', { start_date: '2095-02-18T12:00:00Z', template_work_order });

    const roots: Readonly<Record<string, number>> = {
      ...{ user: technician, vendor, servedCustomer: customer_id, location: location_id, asset: asset_id, part },
      ...{ workOrderRequest: request, workOrder: order.id as number, pmSchedule: schedule },
    };
    const asked = new Map<string, Readonly<Record<string, unknown>>>();
    const itself = async (type: string, id: string | undefined): Promise<Readonly<Record<string, unknown>> | undefined> => {
      const query = queryOf(type);
      const known = asked.get(key(type, id));
      if (known || !query || id === undefined) return known;
      const answer = await app.graphql(`{ ${query}(id: ${id}) { ${leavesOf(schema.getType(type) as GraphQLObjectType)} } }`);
      asked.set(key(type, id), answer[query]);
      return answer[query];
    };
    const reached = new Set<string>();
    const differing: unknown[] = [];
    const compare = async (root: string, answer: unknown): Promise<void> => {
      for (const shown of objectsIn(answer)) {
        const whole = await itself(shown.__typename, shown.id);
        if (!whole) continue;
        reached.add(shown.__typename);
        for (const [name, expected] of Object.entries(whole))
          if (shown[name] !== expected)
            differing.push(
              `${root}: ${key(shown.__typename, shown.id)} ${name} is ${JSON.stringify(shown[name])}, not ${JSON.stringify(expected)}`,
            );
      }
    };
    for (const [root, id] of Object.entries(roots)) {
      const type = getNamedType(schema.getQueryType()?.getFields()[root]?.type) as GraphQLObjectType;
      for (const field of fieldsOf(type)) {
        const inner = getNamedType(field.type);
        if (!isObjectType(inner)) continue;
        const answer = await app.graphql(`{ ${root}(id: ${id}) { ${field.name} { ${selection(inner, 1)} } } }`);
        await compare(`${root} ${field.name}`, answer);
      }
    }
    const { timers } = await app.graphql(`{ timers(filter: {technicianId: {eq: ${technician}}}) { nodes { technician { ${selection(schema.getType('User') as GraphQLObjectType, 0)} } } } }`); // prettier-ignore
    await compare('timers', timers);
    const { createAsset } = await app.graphql(
      `mutation { createAsset(input: {name: "Fan", techniciansIds: [${technician}], vendorsIds: [${vendor}]}) { technicians { ${leavesOf(schema.getType('User') as GraphQLObjectType)} } vendors { ${selection(schema.getType('Vendor') as GraphQLObjectType, 1)} } } }`,
    );
    await compare('createAsset', createAsset);
    expect(timers.nodes[0].technician).toMatchObject({ email: 'grace.relations@example.com', language: 'de', regularRate: '41.5' });
    expect(createAsset.vendors[0]).toMatchObject({ vendorContacts: [contact], primaryContact: { name: 'Bob', phone: '1-493' } });
    expect([...reached].sort()).toEqual(
      expect.arrayContaining(['Asset', 'Location', 'Part', 'ServedCustomer', 'User', 'Vendor', 'WorkOrder', 'WorkOrderRequest']),
    );
    expect(differing).toEqual([]);
    // Over REST whoever names somebody goes on printing the same few properties.
    const { data } = await app.get(`/assets/${asset_id}`).expect(200);
    expect(data.technicians).toEqual([{ id: technician, name: 'Grace', surname: 'Hopper', avatar: null }]);
  });
});

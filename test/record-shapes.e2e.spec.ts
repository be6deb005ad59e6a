import { differences, sample } from './contract/shape.js';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

/** Everything a sample's asset refers to. */
async function assetInput(): Promise<object> {
  const create = async (path: string, root: string, fields: object): Promise<number> =>
    (await app.post(path, { [root]: fields }).expect(201)).data.id as number;
  const [location, parent, type, technician] = await Promise.all([
    create('/locations', 'location', { name: 'Building A' }),
    create('/assets', 'asset', { name: 'Air Conditioner' }),
    create('/asset_types', 'asset_type', { name: 'HVAC' }),
    create('/users', 'user', { name: 'John', surname: 'Doe', email: 'john@example.com' }),
  ]);
  const { asset } = sample('01-create-asset').request as { asset: object };
  return {
    ...asset,
    location_id: location,
    parent_id: parent,
    asset_types_ids: [type],
    technicians_ids: [technician],
    parts_ids: [],
    vendors_ids: [],
  };
}

/** The samples' own ids may exist on a server that all specs share. */
const withParent = (request: unknown, parent_id: number) => ({ location: { ...(request as { location: object }).location, parent_id } });

describe('the shapes of the contract', () => {
  it('creates, shows, lists and updates an asset', async () => {
    const input = await assetInput();
    const created = await app.post('/assets', { asset: input }).expect(201);
    const { id } = created.data;
    expect(differences(sample('01-create-asset').response, created.body)).toEqual([]);
    expect(created.data).toMatchObject({
      name: 'Air Purifier',
      purchase_cost: 549.99,
      salvage_value: 150,
      purchase_date: '2023-08-24',
      status: 'online',
      parent: { name: 'Air Conditioner' },
      location: { name: 'Building A', path: 'Building A' },
      technicians: [{ name: 'John', surname: 'Doe', avatar: null }],
      asset_types: [{ name: 'HVAC' }],
      qr_code: 'guVT5ngMeZ9xPBIk8db4dCGXVU',
      has_children: false,
      created_by: { id: 1 },
    });
    expect(created.data.root_id).toBe(created.data.parent.id);
    const shown = await app.get(`/assets/${id}`).expect(200);
    expect(differences(sample('03-show-asset').response, shown.body)).toEqual([]);
    expect(shown.data).toEqual(created.data);
    const listed = await app.get(`/assets?id=${id}`).expect(200);
    expect(differences(sample('02-list-assets').response, listed.body)).toEqual([]);
    const updated = await app
      .patch(`/assets/${id}`, { asset: { qr_code_attributes: { _destroy_qr_code: true }, purchase_cost: '1.5', location_id: null } })
      .expect(200);
    expect(differences(sample('04-update-asset').response, updated.body)).toEqual([]);
    expect(updated.data).toMatchObject({ name: 'Air Purifier', qr_code: null, purchase_cost: 1.5, location: null });
  });

  it('creates, shows, lists and updates a location', async () => {
    const parent = (await app.post('/locations', { location: { name: 'Building A' } }).expect(201)).data.id as number;
    const { location } = sample('07-create-location').request as { location: object };
    const created = await app.post('/locations', { location: { ...location, parent_id: parent } }).expect(201);
    expect(differences(sample('07-create-location').response, created.body)).toEqual([]);
    expect(created.data).toMatchObject({
      path: 'Building A > Main Conference Room',
      root_id: parent,
      parent: { id: parent, name: 'Building A' },
    });
    const { id } = created.data;
    expect(differences(sample('09-show-location').response, (await app.get(`/locations/${id}`).expect(200)).body)).toEqual([]);
    expect(differences(sample('08-list-locations').response, (await app.get(`/locations?id=${id}`).expect(200)).body)).toEqual([]);
    const updated = await app.patch(`/locations/${id}`, withParent(sample('10-update-location').request, 987654321)).expect(422);
    expect(updated.error.details).toEqual([expect.objectContaining({ field: 'location.parent_id', code: 'not_found' })]);
    expect((await app.get(`/locations/${parent}`).expect(200)).data.has_children).toBe(true);
  });

  it('lists entities, which needs no site', async () => {
    const { body } = await app.get('/entities', { 'x-entity-id': undefined }).expect(200);
    expect(differences(sample('06-list-entities').response, body)).toEqual([]);
    expect(body.meta.entity).toEqual({
      id: null,
      name: null,
      currency: null,
      currency_symbol: null,
      datetime_format: null,
      timezone: null,
    });
  });

  it('lists and shows users', async () => {
    const { data } = await app
      .post('/users', { user: { name: 'Alice', surname: 'Johnson', email: 'alice@example.com', regular_rate: 41 } })
      .expect(201);
    const listed = await app.get(`/users?id=${data.id}&filter[can_be_assigned_to_wo_eq]=true`).expect(200);
    expect(differences(sample('29-list-users').response, listed.body)).toEqual([]);
    expect(listed.meta.filter).toEqual({ id: String(data.id), can_be_assigned_to_wo: 'true' });
    expect(listed.data).toEqual([expect.objectContaining({ full_name: 'Alice Johnson', regular_rate: 41 })]);
    expect(differences(sample('30-show-user').response, (await app.get(`/users/${data.id}`).expect(200)).body)).toEqual([]);
  });
});

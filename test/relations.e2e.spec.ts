import type { Client } from './harness/client.js';
import { appendAsBefore } from './harness/past-events.js';
import { sharedServer, TestServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

type Labelled = readonly Readonly<{ id: number }>[];
const idsOf = (records: Labelled): number[] => records.map(({ id }) => Number(id)).sort((left, right) => left - right);

const createPart = async (fields: object = {}): Promise<number> =>
  (await app.post('/parts', { part: { name: 'Belt', ...fields } }).expect(201)).data.id;
const createParts = async (count: number): Promise<number[]> =>
  (await Promise.all(Array.from({ length: count }, () => createPart()))).sort((left, right) => left - right);
const createAsset = async (fields: object = {}): Promise<number> =>
  (await app.post('/assets', { asset: { name: 'Conveyor', ...fields } }).expect(201)).data.id;
const wants = (asset: number, parts_ids: readonly number[] | null, headers = {}) =>
  app.patch(`/assets/${asset}`, { asset: { parts_ids } }, headers);
const isFor = (part: number, assets_ids: readonly number[]) => app.patch(`/parts/${part}`, { part: { assets_ids } });
const partsOf = async (asset: number, of = app): Promise<number[]> => idsOf((await of.get(`/assets/${asset}`).expect(200)).data.parts);
const assetsOf = async (part: number, of = app): Promise<number[]> => idsOf((await of.get(`/parts/${part}`).expect(200)).data.assets);

describe('assets and their parts', () => {
  it('are one relation, shown by both sides at once, whichever is written', async () => {
    const [belt = 0, motor = 0, roller = 0] = await createParts(3);
    const created = (await app.post('/assets', { asset: { name: 'Line 1', parts_ids: [motor, belt] } }).expect(201)).data;
    expect(idsOf(created.parts)).toEqual([belt, motor]);
    const asset = created.id as number;
    expect([await assetsOf(belt), await assetsOf(motor), await assetsOf(roller)]).toEqual([[asset], [asset], []]);

    expect(idsOf((await wants(asset, [motor, roller]).expect(200)).data.parts)).toEqual([motor, roller]);
    expect([await assetsOf(belt), await assetsOf(motor), await assetsOf(roller)]).toEqual([[], [asset], [asset]]);

    expect(idsOf((await isFor(belt, [asset]).expect(200)).data.assets)).toEqual([asset]);
    await isFor(motor, []).expect(200);
    expect(await partsOf(asset)).toEqual([belt, roller]);
    expect(idsOf((await app.patch(`/assets/${asset}`, { asset: { name: 'Line 2' } }).expect(200)).data.parts)).toEqual([belt, roller]);

    const listed = await app.get(`/assets?filter[parts_ids_eq]=${belt}`).expect(200);
    expect(listed.data.map(({ id, parts }: { id: number; parts: Labelled }) => [id, idsOf(parts)])).toEqual([[asset, [belt, roller]]]);
    expect((await app.get(`/assets?filter[parts_ids_eq]=${motor}`).expect(200)).data).toEqual([]);
    expect(idsOf((await app.get(`/parts?filter[assets_ids_eq]=${asset}`).expect(200)).data)).toEqual([belt, roller]);
    expect((await wants(asset, null).expect(200)).data.parts).toEqual([]);
    expect([await assetsOf(belt), await assetsOf(roller)]).toEqual([[], []]);
  });

  it('are the same over GraphQL', async () => {
    const [belt = 0, motor = 0] = await createParts(2);
    const { createAsset: made } = await app.graphql(
      `mutation { createAsset(input: { name: "Line 3", partsIds: [${belt}] }) { id parts { id } } }`,
    );
    expect(idsOf(made.parts)).toEqual([belt]);
    const { updateAsset } = await app.graphql(
      `mutation { updateAsset(input: { id: ${made.id}, partsIds: [${motor}] }) { parts { id assets { id name } } } }`,
    );
    expect(updateAsset.parts).toEqual([{ id: String(motor), assets: [{ id: made.id, name: 'Line 3' }] }]);
    const { updatePart } = await app.graphql(
      `mutation { updatePart(input: { id: ${belt}, assetsIds: [${made.id}] }) { assets { parts { id } } } }`,
    );
    expect(idsOf(updatePart.assets[0].parts)).toEqual([belt, motor]);
    const { assets } = await app.graphql(`{ assets(filter: { partsIds: { eq: ${belt} } }) { nodes { id } } }`);
    expect(assets.nodes).toEqual([{ id: made.id }]);
  });

  it('change by events of the part alone, and the event of the asset names who is wanted and who is dropped', async () => {
    const [belt = 0, motor = 0] = await createParts(2);
    const asset = await createAsset({ parts_ids: [belt] });
    await wants(asset, [motor]).expect(200);
    const trail = async (stream: string): Promise<unknown[]> =>
      (await app.get(`/audit_trail?filter[stream_eq]=${stream}&sort=position asc`).expect(200)).data.map(
        ({ type, data, actor }: { type: string; data: object; actor: { id: string } }) => [type, data, actor.id],
      );
    expect((await trail(`asset-${asset}`)).slice(1)).toEqual([
      ['AssetChanged', { partsWanted: [motor], partsDropped: [belt] }, expect.any(String)],
    ]);
    expect((await trail(`part-${belt}`)).slice(1)).toEqual([
      ['PartAssetLinked', { assetId: asset, assetRevision: 0 }, 'asset-parts'],
      ['PartAssetUnlinked', { assetId: asset, assetRevision: 1 }, 'asset-parts'],
    ]);
    const before = (await app.get(`/assets/${asset}`)).headers.get('etag');
    await wants(asset, [motor]).expect(200);
    expect((await app.get(`/assets/${asset}`)).headers.get('etag')).toBe(before);
    expect((await wants(asset, [belt], { 'if-match': '"0"' })).status).toBe(412);
    expect(await partsOf(asset)).toEqual([motor]);
  });

  it('append nothing where a part is unknown, archived or another site’s, and keep one that was archived later', async () => {
    const [belt = 0, gone = 0] = await createParts(2);
    const asset = await createAsset({ parts_ids: [belt] });
    await app.delete(`/parts/${gone}`).expect(204);
    const site = (await app.post('/entities', { entity: { name: 'Elsewhere', currency: 'EUR' } }).expect(201)).data.id as number;
    const foreign = (await app.post('/parts', { part: { name: 'Belt' } }, { 'x-entity-id': String(site) }).expect(201)).data.id as number;
    const before = (await app.get(`/assets/${asset}`)).headers.get('etag');
    for (const [part, code] of [
      [gone, 'archived'],
      [foreign, 'not_found'],
      [987654321, 'not_found'],
    ] as const) {
      const { error } = await wants(asset, [belt, part]).expect(422);
      expect(error.details).toEqual([expect.objectContaining({ field: 'asset.parts_ids', code })]);
      expect((await app.post('/assets', { asset: { name: 'New', parts_ids: [part] } }).expect(422)).error.details).toHaveLength(1);
    }
    expect((await app.get(`/assets/${asset}`)).headers.get('etag')).toBe(before);
    await app.delete(`/parts/${belt}`).expect(204);
    expect(await partsOf(asset)).toEqual([belt]);
    expect(idsOf((await wants(asset, [belt]).expect(200)).data.parts)).toEqual([belt]);
  });

  it('answer a repeated key with the first answer, and write once', async () => {
    const [belt = 0] = await createParts(1);
    const asset = await createAsset();
    const key = { 'idempotency-key': `relations-${asset}` };
    const first = await wants(asset, [belt], key).expect(200);
    const again = await wants(asset, [belt], key).expect(200);
    expect([again.headers.get('idempotent-replayed'), again.data]).toEqual(['true', first.data]);
    expect((await app.get(`/audit_trail?filter[stream_eq]=part-${belt}`)).data).toHaveLength(2);
  });

  it('are what the last of fifty wanted, and both sides agree when fifty write on both', async () => {
    const parts = await createParts(5);
    const asset = await createAsset();
    await Promise.all(Array.from({ length: 50 }, (_, turn) => wants(asset, [parts[turn % 5] ?? 0]).expect(200)));
    expect(await partsOf(asset)).toHaveLength(1);

    await Promise.all(
      Array.from({ length: 50 }, (_, turn) =>
        turn % 2 === 0
          ? wants(asset, parts.slice(turn % 5)).expect(200)
          : isFor(parts[turn % 5] ?? 0, turn % 4 === 1 ? [asset] : []).expect(200),
      ),
    );
    const sides = await Promise.all(parts.map(async (part) => ((await assetsOf(part)).includes(asset) ? [part] : [])));
    expect(await partsOf(asset)).toEqual(sides.flat());
  });
});

describe('vendors and the assets that they work on', () => {
  const createVendor = async (fields: object = {}): Promise<number> =>
    (await app.post('/vendors', { vendor: { name: 'Summit', ...fields } }).expect(201)).data.id;
  const worksOn = (vendor: number, assets_ids: readonly number[], headers = {}) =>
    app.patch(`/vendors/${vendor}`, { vendor: { assets_ids } }, headers);
  const vendorsOf = async (asset: number): Promise<number[]> => idsOf((await app.get(`/assets/${asset}`).expect(200)).data.vendors);
  const assetsOfVendor = async (vendor: number, headers = {}): Promise<number[]> =>
    idsOf((await app.get(`/vendors/${vendor}`, headers).expect(200)).data.assets);

  it('are one relation, which assets keep and either side writes', async () => {
    const vendor_contacts_attributes = [{ name: 'Ann' }, { name: 'Bob', phone: '1-493', is_primary: true }];
    const [summit, ridge] = [await createVendor({ vendor_contacts_attributes }), await createVendor({ name: 'Ridge' })];
    const asset = await createAsset({ vendors_ids: [summit] });
    const press = (await app.post('/vendors', { vendor: { name: 'Peak', assets_ids: [asset] } }).expect(201)).data;
    expect(idsOf(press.assets)).toEqual([asset]);
    const { data } = await app.get(`/assets/${asset}`).expect(200);
    expect(data.vendors[0]).toMatchObject({ id: summit, name: 'Summit', primary_contact: { name: 'Bob', phone: '1-493' } });
    expect(idsOf(data.vendors)).toEqual([summit, press.id]);
    expect(idsOf((await worksOn(summit, []).expect(200)).data.assets)).toEqual([]);
    await app.patch(`/assets/${asset}`, { asset: { vendors_ids: [ridge, press.id] } }).expect(200);
    expect([await assetsOfVendor(summit), await assetsOfVendor(ridge), await vendorsOf(asset)]).toEqual([
      [],
      [asset],
      [ridge, press.id].sort(),
    ]);
    expect(idsOf((await app.get(`/assets?filter[vendors_ids_eq]=${ridge}`)).data)).toEqual([asset]);
    const shown = await app.graphql(
      `{ asset(id: ${asset}) { vendors { name assets { id } } } vendor(id: ${summit}) { primaryContact { name } } }`,
    );
    expect(shown.asset.vendors.map(({ assets }: { assets: Labelled }) => idsOf(assets))).toEqual([[asset], [asset]]);
    expect(shown.vendor.primaryContact.name).toBe('Bob');
    const bought = await createPart({ vendor_parts_attributes: [{ vendor_id: summit }] });
    expect(idsOf((await app.get(`/vendors/${summit}`)).data.parts)).toEqual([bought]);
    const { updateVendor } = await app.graphql(
      `mutation { updateVendor(input: { id: ${summit}, assetsIds: [${asset}] }) { assets { id } parts { id } } }`,
    );
    expect([idsOf(updateVendor.assets), idsOf(updateVendor.parts)]).toEqual([[asset], [bought]]);
  });

  it('are refused where an asset is unknown, archived or another site’s, and where a vendor is not active', async () => {
    const [vendor, idle, gone] = [await createVendor(), await createVendor({ is_active: false }), await createAsset()];
    await app.delete(`/assets/${gone}`).expect(204);
    const codes = async (ids: number[]) =>
      (await worksOn(vendor, ids).expect(422)).error.details.map(({ field, code }: { field: string; code: string }) => [field, code]);
    expect(await codes([gone])).toEqual([['vendor.assets_ids', 'archived']]);
    expect(await codes([987654321])).toEqual([['vendor.assets_ids', 'not_found']]);
    const { error } = await app.post('/assets', { asset: { name: 'x', vendors_ids: [idle] } }).expect(422);
    expect(error.details).toEqual([expect.objectContaining({ field: 'asset.vendors_ids', code: 'not_assignable' })]);
    const asset = await createAsset({ vendors_ids: [vendor] });
    await app.patch(`/vendors/${vendor}`, { vendor: { is_active: false } }).expect(200);
    await app.patch(`/assets/${asset}`, { asset: { vendors_ids: [vendor], model: 'M1' } }).expect(200);
  });

  it('are not named anew by a vendor that is not active, and stay with one that no longer is', async () => {
    const [kept, other] = [await createAsset(), await createAsset()];
    const vendor = await createVendor({ assets_ids: [kept] });
    const refused = [['vendor.assets_ids', 'not_assignable']];
    const problems = ({ error }: { error: { details: { field: string; code: string }[] } }) =>
      error.details.map(({ field, code }) => [field, code]);
    const change = (fields: object) => app.patch(`/vendors/${vendor}`, { vendor: fields });
    expect(problems(await change({ is_active: false, assets_ids: [kept, other] }).expect(422))).toEqual(refused);
    await change({ is_active: false, assets_ids: [kept] }).expect(200);
    expect(problems(await worksOn(vendor, [kept, other]).expect(422))).toEqual(refused);
    expect(problems(await app.post('/vendors', { vendor: { name: 'Idle', is_active: false, assets_ids: [other] } }).expect(422))).toEqual(
      refused,
    );
    const { body } = await app.graphqlAnswer(`mutation { updateVendor(input: { id: ${vendor}, assetsIds: [${other}] }) { id } }`);
    expect(problems({ error: body.errors[0].extensions })).toEqual([['input.assetsIds', 'not_assignable']]);
    expect([await assetsOfVendor(vendor), await vendorsOf(other)]).toEqual([[kept], []]);
    await worksOn(vendor, []).expect(200);
    await change({ is_active: true, assets_ids: [other] }).expect(200);
    expect(await vendorsOf(other)).toEqual([vendor]);
  });

  it('are at each site those of that site alone', async () => {
    const site = (await app.post('/entities', { entity: { name: 'Elsewhere' } }).expect(201)).data.id as number;
    const there = { 'x-entity-id': String(site) };
    const vendor = await createVendor();
    const [here, elsewhere] = [
      await createAsset(),
      (await app.post('/assets', { asset: { name: 'Far' } }, there).expect(201)).data.id as number,
    ];
    await worksOn(vendor, [here]).expect(200);
    await worksOn(vendor, [elsewhere], there).expect(200);
    expect([await assetsOfVendor(vendor), await assetsOfVendor(vendor, there)]).toEqual([[here], [elsewhere]]);
    await worksOn(vendor, []).expect(200);
    expect([await assetsOfVendor(vendor), await assetsOfVendor(vendor, there)]).toEqual([[], [elsewhere]]);
  });

  it('agree on both sides when fifty write on both', async () => {
    const [vendor, assets] = [await createVendor(), await Promise.all(Array.from({ length: 5 }, () => createAsset()))];
    await Promise.all(
      Array.from({ length: 50 }, (_, turn) =>
        turn % 2 === 0
          ? worksOn(vendor, assets.slice(turn % 5)).expect(200)
          : app.patch(`/assets/${assets[turn % 5]}`, { asset: { vendors_ids: turn % 4 === 1 ? [vendor] : [] } }).expect(200),
      ),
    );
    const sides = await Promise.all(assets.map(async (asset) => ((await vendorsOf(asset)).includes(vendor) ? [asset] : [])));
    expect(await assetsOfVendor(vendor)).toEqual(idsOf(sides.flat().map((id) => ({ id }))));
  });
});

describe('assets and parts that an earlier release has written', () => {
  let own: TestServer;
  beforeAll(async () => void (own = await TestServer.start({ log: 'postgres' })));
  afterAll(() => own.stop());

  const asset = async (name: string): Promise<number> => (await own.post('/assets', { asset: { name } }).expect(201)).data.id as number;
  /** Answered when all that assets have said before is carried out. */
  const carriedOut = async (): Promise<void> => {
    const bystander = await asset('Bystander');
    await own.patch(`/assets/${bystander}`, { asset: { parts_ids: [] } }).expect(200);
  };
  const registered = (partId: number, assetsIds: readonly number[]) => ({
    partId,
    currency: 'USD',
    unitCost: null,
    details: { name: `Part ${partId}`, isNonStock: false, assetsIds, externalReference: null },
  });

  it('are the union of both sides, until either is written anew', async () => {
    const [press, lathe] = [await asset('Press'), await asset('Lathe')];
    await own.kill('SIGTERM');
    await appendAsBefore(own.ownerUrl, 'part-901', [['PartRegistered', registered(901, [lathe])]]);
    await appendAsBefore(own.ownerUrl, 'part-902', [['PartRegistered', registered(902, [])]]);
    await appendAsBefore(own.ownerUrl, `asset-${press}`, [
      ['AssetChanged', { partsIds: [902] }],
      ['AssetChanged', { partsIds: [901, 902] }],
    ]);
    await own.restart();
    await carriedOut();
    const both = () => Promise.all([partsOf(press, own), partsOf(lathe, own), assetsOf(901, own), assetsOf(902, own)]);
    expect(await both()).toEqual([[901, 902], [901], [press, lathe], [press]]);
    expect(idsOf((await own.get(`/assets?filter[parts_ids_eq]=901`)).data)).toEqual([press, lathe]);
    expect(idsOf((await own.get(`/parts?filter[assets_ids_eq]=${press}`)).data)).toEqual([901, 902]);
    const { revision } = (await own.graphql('{ part(id: 902) { revision assets { id } } }')).part;
    expect(idsOf((await own.patch('/parts/902', { part: { assets_ids: [press] } }).expect(200)).data.assets)).toEqual([press]);
    expect((await own.graphql('{ part(id: 902) { revision } }')).part.revision).toBe(revision);

    expect(idsOf((await own.patch('/parts/901', { part: { assets_ids: [lathe] } }).expect(200)).data.assets)).toEqual([lathe]);
    expect(await both()).toEqual([[902], [901], [lathe], [press]]);
    expect(idsOf((await own.patch(`/assets/${press}`, { asset: { parts_ids: [901] } }).expect(200)).data.parts)).toEqual([901]);
    expect(await both()).toEqual([[901], [901], [press, lathe], []]);
    await own.rebuild('stock-levels');
    await own.rebuild('assets');
    expect(await both()).toEqual([[901], [901], [press, lathe], []]);
  });

  it('reach their parts after a kill between the event of the asset and those of the parts', async () => {
    const parts = await Promise.all(
      Array.from({ length: 4 }, async () => (await own.post('/parts', { part: { name: 'Belt' } }).expect(201)).data.id as number),
    );
    const [hit = 0, mill = 0] = [await asset('Hammer'), await asset('Mill')];
    const started = parts.map((part) => own.patch(`/assets/${hit}`, { asset: { parts_ids: [part] } }));
    await Promise.race(started);
    await own.kill('SIGKILL');
    await Promise.allSettled(started);
    await appendAsBefore(own.ownerUrl, `asset-${mill}`, [
      ['AssetChanged', { partsWanted: parts }],
      ['AssetChanged', { partsDropped: parts.slice(1) }],
    ]);
    await own.restart();
    await carriedOut();
    expect(await partsOf(mill, own)).toEqual(parts.slice(0, 1));
    expect(await partsOf(hit, own)).toHaveLength(1);
    const sides = await Promise.all(parts.map((part) => assetsOf(part, own)));
    for (const [index, part] of parts.entries())
      for (const one of [hit, mill]) expect((await partsOf(one, own)).includes(part)).toBe(sides[index]?.includes(one));
  });
});

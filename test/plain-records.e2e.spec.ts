import { randomUUID } from 'node:crypto';
import { differences, sample } from './contract/shape.js';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const create = (path: string, root: string, fields: object) => app.post(`/${path}`, { [root]: fields });
const idOf = async (path: string, root: string, fields: object): Promise<number> => (await create(path, root, fields).expect(201)).data.id;
const problemsOf = ({ error }: Readonly<{ error: { details: { field: string; code: string }[] } }>): string[] =>
  error.details.map(({ field, code }) => `${field} ${code}`);

describe.each([
  ['account_codes', 'account_code', 'accountCode', { code: `A${randomUUID()}`, description: 'Pumps' }],
  ['asset_types', 'asset_type', 'assetType', {}],
  ['vendors', 'vendor', 'vendor', { description: 'Pumps', tax_id: '12-3', rating: 4, hourly_rate: 32.5 }],
  [
    'customers',
    'customer',
    'servedCustomer',
    { description: 'Third floor', email: 'd@example.com', phone: '1', address: 'x', account_number: '7' },
  ],
  ['cost_categories', 'cost_category', 'costCategory', {}],
  ['labor_categories', 'labor_category', 'laborCategory', {}],
])('%s', (path, root, field, fields) => {
  const name = `Harbour ${randomUUID()}`;
  const Type = field.replace(/^./, (letter) => letter.toUpperCase());

  it('are created, shown, found, changed, archived and brought back over both edges', async () => {
    const external_reference = randomUUID();
    const { data, headers } = await create(path, root, { name, external_reference, ...fields }).expect(201);
    expect(data).toMatchObject({ name, external_reference, archived: false, ...fields });
    expect((await create(path, root, { name, external_reference }).expect(409)).error).toMatchObject({
      code: 'DUPLICATE_REFERENCE',
      id: data.id,
      details: [{ field: `${root}.external_reference` }],
    });
    const position = { 'x-min-position': headers.get('x-position') ?? '' };
    expect((await app.get(`/${path}/${data.id}`, position).expect(200)).data).toEqual(data);
    expect((await app.get(`/${path}?filter[name_eq]=${name}`)).data).toHaveLength(1);
    const changed = await app.patch(`/${path}/${data.id}`, { [root]: { name: `${name} 2` } }).expect(200);
    expect(changed.data).toMatchObject({ ...fields, name: `${name} 2` });
    await app.delete(`/${path}/${data.id}`).expect(204);
    expect((await app.get(`/${path}?search=${name}`)).data).toEqual([]);
    expect((await app.get(`/${path}?search=${name}&filter[archived_true]=true`)).data).toHaveLength(1);
    expect((await app.patch(`/${path}/${data.id}/unarchive`).expect(200)).data.archived).toBe(false);
    const made = await app.graphql(`mutation { made: create${Type}(input: { name: "${name} 3" }) { id name archived } }`);
    expect(made.made).toMatchObject({ name: `${name} 3`, archived: false });
    expect(await app.graphql(`{ ${field}(id: ${made.made.id}) { name } }`)).toEqual({ [field]: { name: `${name} 3` } });
  });

  it('need a name, and say of what is wrong which field it is', async () => {
    expect(problemsOf(await create(path, root, { nonsense: 1 }).expect(422)).sort()).toEqual([
      `${root}.name required`,
      `${root}.nonsense unknown_field`,
    ]);
    const id = await idOf(path, root, { name });
    expect(problemsOf(await app.patch(`/${path}/${id}`, { [root]: { name: null } }).expect(422))).toEqual([`${root}.name required`]);
  });
});

describe('a vendor', () => {
  type Contact = { id: number; is_primary: boolean };
  const contactsOf = async (id: number) => (await app.get(`/vendors/${id}`).expect(200)).data.vendor_contacts as Contact[];
  const change = (id: number, vendor_contacts_attributes: object[]) =>
    app.patch(`/vendors/${id}`, { vendor: { vendor_contacts_attributes } });

  it('looks as the contract prints it, alone and in lists', async () => {
    const location = await idOf('locations', 'location', { name: 'Building A' });
    const category = await idOf('categories', 'category', { name: 'HVAC' });
    const { data } = await create('vendors', 'vendor', {
      name: 'Summit HVAC & Refrigeration',
      parts_supplier: true,
      address: '123 Example St',
      rating: 5,
      hourly_rate: 32.5,
      locations_ids: [location],
      categories_ids: [category],
      vendor_contacts_attributes: [
        { name: 'Robert Smith', role: 'HVAC Technician', email: 'robert_smith@example.com', phone: '1-493', extension: '989' },
      ],
    }).expect(201);
    // What is bought or maintained there is said on the other side of those relations.
    const missing = (found: readonly string[]) => found.filter((difference) => !/\.(assets|parts) is missing$/.test(difference));
    const shown = await app.get(`/vendors/${data.id}`).expect(200);
    expect(missing(differences(sample('32-show-vendor').response, shown.body))).toEqual([]);
    expect(shown.data).toEqual(data);
    expect(data).toMatchObject({
      is_active: true,
      assign_to_work_orders: true,
      locations: [{ id: location, name: 'Building A', path: 'Building A' }],
      categories: [{ id: category, name: 'HVAC' }],
      vendor_contacts: [
        { id: expect.any(Number), name: 'Robert Smith', role: 'HVAC Technician', email: 'robert_smith@example.com', is_primary: true },
      ],
    });
    const listed = await app.get(`/vendors?id=${data.id}&filter[assign_to_work_orders_eq]=true`).expect(200);
    expect(missing(differences(sample('31-list-vendors').response, listed.body))).toEqual([]);
    const { vendor } = await app.graphql(`{ vendor(id: ${data.id}) { hourlyRate rating isActive locations { path } categories { name }
      vendorContacts { id name role email phone extension isPrimary } createdById createdBy { name } } }`);
    expect(vendor).toMatchObject({
      hourlyRate: '32.5',
      rating: 5,
      locations: [{ path: 'Building A' }],
      vendorContacts: [{ extension: '989', isPrimary: true }],
    });
  });

  it('shows each site its own locations, and changes no others there', async () => {
    const site = (await create('entities', 'entity', { name: 'Second site' }).expect(201)).data.id as number;
    const there = { 'x-entity-id': String(site) };
    const [here, another] = [
      await idOf('locations', 'location', { name: 'Here' }),
      await idOf('locations', 'location', { name: 'Here, too' }),
    ];
    const away = (await app.post('/locations', { location: { name: 'There' } }, there).expect(201)).data.id as number;
    const id = await idOf('vendors', 'vendor', { name: 'Summit', locations_ids: [here] });
    const query = `{ vendor(id: ${id}) { locations { id } } }`;
    const shown = async (headers?: Record<string, string>) => {
      const { data } = await app.get(`/vendors/${id}`, headers).expect(200);
      const { body } = await app.post('/graphql', { query }, headers).expect(200);
      return [data.locations, body.data.vendor.locations].map((locations) => locations.map((one: { id: unknown }) => Number(one.id)));
    };
    expect(await shown(there)).toEqual([[], []]);
    const change = (locations_ids: number[]) => app.patch(`/vendors/${id}`, { vendor: { locations_ids } }, there);
    expect(problemsOf(await change([another]).expect(422))).toEqual(['vendor.locations_ids not_found']);
    await change([away]).expect(200);
    expect([await shown(there), await shown()]).toEqual([
      [[away], [away]],
      [[here], [here]],
    ]);
    await change([]).expect(200);
    expect([await shown(there), await shown()]).toEqual([
      [[], []],
      [[here], [here]],
    ]);
  });

  it('keeps what two sites say of its locations at the same moment', async () => {
    const site = (await create('entities', 'entity', { name: 'Second site' }).expect(201)).data.id as number;
    const there = { 'x-entity-id': String(site) };
    const here = await idOf('locations', 'location', { name: 'Here' });
    const away = (await app.post('/locations', { location: { name: 'There' } }, there).expect(201)).data.id as number;
    const id = await idOf('vendors', 'vendor', { name: 'Summit' });
    const change = (locations_ids: number[], headers?: Record<string, string>) =>
      app.patch(`/vendors/${id}`, { vendor: { locations_ids } }, headers);
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all([change([here]), change([away], there), change([here]), change([away], there)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const shown = [await app.get(`/vendors/${id}`), await app.get(`/vendors/${id}`, there)];
      expect(shown.map(({ data }) => data.locations.map((one: { id: number }) => one.id))).toEqual([[here], [away]]);
      await Promise.all([change([]), change([], there)]);
      const { data } = await app.get(`/vendors/${id}`, there);
      expect([(await app.get(`/vendors/${id}`)).data.locations, data.locations]).toEqual([[], []]);
    }
  });

  it('has exactly one primary contact as soon as there is one', async () => {
    const id = await idOf('vendors', 'vendor', { name: 'Summit', vendor_contacts_attributes: [{ name: 'Ann' }, { name: 'Bob' }] });
    const [ann, bob] = (await contactsOf(id)).map((contact) => contact.id);
    const primary = async () => (await contactsOf(id)).map(({ is_primary }) => is_primary);
    expect(await primary()).toEqual([true, false]);
    await change(id, [{ id: bob, is_primary: true }]).expect(200);
    expect(await primary()).toEqual([false, true]);
    const field = 'vendor.vendor_contacts_attributes';
    expect(problemsOf(await change(id, [{ id: bob, is_primary: false }]).expect(422))).toEqual([`${field}.0.is_primary required`]);
    expect(
      problemsOf(
        await change(id, [
          { id: ann, is_primary: true },
          { name: 'Cleo', is_primary: true },
        ]).expect(422),
      ),
    ).toEqual([`${field}.1.is_primary not_unique`]);
    expect(problemsOf(await change(id, [{ id: 987_654, name: 'Nobody' }]).expect(422))).toEqual([`${field}.0.id not_found`]);
    await change(id, [{ id: bob, _destroy: true }, { name: 'Cleo' }]).expect(200);
    expect(await contactsOf(id)).toMatchObject([
      { id: ann, name: 'Ann', is_primary: true },
      { name: 'Cleo', is_primary: false },
    ]);
  });

  it('has contacts that no other vendor has by their number, and the same ones again for a key', async () => {
    const vendor = { name: 'Summit', vendor_contacts_attributes: [{ name: 'Ann' }, { name: 'Bob' }] };
    const key = { 'idempotency-key': randomUUID() };
    const made = await app.post('/vendors', { vendor }, key).expect(201);
    expect((await app.post('/vendors', { vendor }, key).expect(201)).data.vendor_contacts).toEqual(made.data.vendor_contacts);
    const other = await create('vendors', 'vendor', vendor).expect(201);
    const shown = [...made.data.vendor_contacts, ...other.data.vendor_contacts] as { id: number }[];
    expect(new Set(shown.map(({ id }) => id)).size).toBe(4);
  });

  it('has no name, e-mail or telephone number of anybody in the history', async () => {
    const [name, email] = [randomUUID(), `${randomUUID()}@example.com`];
    const id = await idOf('vendors', 'vendor', { name: 'Summit', vendor_contacts_attributes: [{ name, email, phone: '1-493-480' }] });
    const customer = await idOf('customers', 'customer', { name: 'Hotel', email, phone: '1-493-480', address: name });
    const trail = [
      ...(await app.get(`/audit_trail?stream=vendor-${id}`)).data,
      ...(await app.get(`/audit_trail?stream=servedCustomer-${customer}`)).data,
    ];
    expect(trail.map(({ type }: { type: string }) => type)).toEqual(['VendorRegistered', 'ServedCustomerRegistered']);
    for (const text of [name, email, '1-493-480']) expect(JSON.stringify(trail)).not.toContain(text);
  });

  it.each([
    ['rating', 0],
    ['rating', 6],
    ['hourly_rate', -1],
  ])('is refused with %s %p', async (field, value) =>
    expect(problemsOf(await create('vendors', 'vendor', { name: 'x', [field]: value }).expect(422))).toEqual([
      `vendor.${field} out_of_range`,
    ]),
  );
});

describe('who cannot be assigned to work', () => {
  it('is refused where a work order names him anew, and stays where he is named', async () => {
    const technician = await idOf('users', 'user', { name: 'Ann' });
    const order = await idOf('work_orders', 'work_order', { title: 'Repair', technicians_ids: [technician] });
    await app.patch(`/users/${technician}`, { user: { can_be_assigned_to_wo: false } }).expect(200);
    const refused = await create('work_orders', 'work_order', { title: 'Repair', technicians_ids: [technician] }).expect(422);
    expect(problemsOf(refused)).toEqual(['work_order.technicians_ids not_assignable']);
    const other = await idOf('users', 'user', { name: 'Bob' });
    const both = await app.patch(`/work_orders/${order}`, { work_order: { technicians_ids: [technician, other] } }).expect(200);
    expect(both.data.technicians).toHaveLength(2);
    // Archiving somebody unassigns nothing.
    await app.delete(`/users/${other}`).expect(204);
    expect((await app.get(`/work_orders/${order}`)).data.technicians).toMatchObject([{ id: technician }, { id: other }]);
    await app.patch(`/work_orders/${order}`, { work_order: { technicians_ids: [] } }).expect(200);
    await app.patch(`/work_orders/${order}`, { work_order: { technicians_ids: [technician] } }).expect(422);
  });
});

describe('the code of an account', () => {
  const account = (code: string | null) => create('account_codes', 'account_code', { name: 'Repairs', code });
  const taken = ['account_code.code not_unique'];

  it('is one of those in use at the customer, without regard to case and of fifty at the same moment', async () => {
    const code = `r${randomUUID()}`;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => account(index % 2 === 0 ? code : ` ${code.toUpperCase()} `)),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect([answer.status, ...problemsOf(answer)]).toEqual([422, ...taken]);
    expect((await app.get(`/account_codes?search=${code}`)).data).toHaveLength(1);
    const site = (await create('entities', 'entity', { name: 'Second site' }).expect(201)).data.id;
    const elsewhere = await app.post('/account_codes', { account_code: { name: 'x', code } }, { 'x-entity-id': String(site) }).expect(422);
    expect(problemsOf(elsewhere)).toEqual(taken);
    await account(null).expect(201);
    await account(null).expect(201);
  });

  it('is free once its account is archived or has another, and met again by who comes back', async () => {
    const [first, second] = [`a${randomUUID()}`, `b${randomUUID()}`];
    const one = (await account(first).expect(201)).data.id;
    await app.delete(`/account_codes/${one}`).expect(204);
    const other = (await account(first.toUpperCase()).expect(201)).data.id;
    expect(problemsOf(await app.patch(`/account_codes/${one}/unarchive`).expect(422))).toEqual(taken);
    await app.patch(`/account_codes/${other}`, { account_code: { code: first, name: 'Only its case' } }).expect(200);
    await app.patch(`/account_codes/${other}`, { account_code: { code: second } }).expect(200);
    await app.patch(`/account_codes/${one}/unarchive`).expect(200);
    expect(problemsOf(await app.patch(`/account_codes/${other}`, { account_code: { code: first } }).expect(422))).toEqual(taken);
    const { errors } = await app
      .post('/graphql', { query: `mutation { createAccountCode(input: { name: "x", code: "${first}" }) { id } }` })
      .then(({ body }) => body);
    expect(errors[0].extensions).toMatchObject({ code: 'VALIDATION_FAILED', details: [{ field: 'input.code', code: 'not_unique' }] });
  });

  it('is null or says something: a blank one would be as good as many', async () => {
    for (const blank of ['', ' ']) expect(problemsOf(await account(blank).expect(422))).toEqual(['account_code.code required']);
    const { id } = (await account(null).expect(201)).data;
    const changed = await app.patch(`/account_codes/${id}`, { account_code: { code: '' } }).expect(422);
    expect(problemsOf(changed)).toEqual(['account_code.code required']);
  });

  it('stays free where the request that asked for it was refused, and is the first answer again under one key', async () => {
    const code = `c${randomUUID()}`;
    const id = (await account(null).expect(201)).data.id;
    await app.patch(`/account_codes/${id}`, { account_code: { code } }, { 'if-match': '"99"' }).expect(412);
    const key = { 'idempotency-key': randomUUID() };
    const body = { account_code: { name: 'Keyed', code } };
    const first = await app.post('/account_codes', body, key).expect(201);
    const again = await app.post('/account_codes', body, key).expect(201);
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('a user', () => {
  it('has an e-mail address and a login of his own, also against those who are archived', async () => {
    const [email, login] = [`${randomUUID()}@Example.com`, `Jdoe-${randomUUID()}`];
    const { data } = await create('users', 'user', { name: 'Ann', email: ` ${email} `, login_identifier: login, regular_rate: 0 }).expect(
      201,
    );
    expect(data).toMatchObject({ email, login_identifier: login, regular_rate: 0 });
    await app.delete(`/users/${data.id}`).expect(204);
    const refused = (fields: object) =>
      create('users', 'user', { name: 'Bob', ...fields })
        .expect(422)
        .then(problemsOf);
    expect(await refused({ email: email.toUpperCase() })).toEqual(['user.email not_unique']);
    expect(await refused({ login_identifier: login.toLowerCase() })).toEqual(['user.login_identifier not_unique']);
    expect(await refused({ permissions_attributes: [{ entity_id: 1, role: 'king' }] })).toEqual([
      'user.permissions_attributes.0.role not_found',
    ]);
    const twice = ['technician', 'auditor'].map((role) => ({ entity_id: 1, role }));
    expect(await refused({ permissions_attributes: twice })).toEqual(['user.permissions_attributes.1.entity_id not_unique']);
    expect(await refused({ login_identifier: ' ' })).toEqual(['user.login_identifier required']);
    const other = await idOf('users', 'user', { name: 'Bob' });
    expect(problemsOf(await app.patch(`/users/${other}`, { user: { email } }).expect(422))).toEqual(['user.email not_unique']);
    await app.patch(`/users/${data.id}/unarchive`).expect(200);
    await app.patch(`/users/${data.id}`, { user: { email: null } }).expect(200);
    await app.patch(`/users/${other}`, { user: { email } }).expect(200);
  });

  it('reads a language that there can be', async () => {
    const speaks = (language: unknown) => create('users', 'user', { name: 'Ann', language });
    for (const language of ['not a lang!!', '', 'de_CH', 7, 'x'.repeat(36)])
      expect(problemsOf(await speaks(language).expect(422))).toEqual(['user.language not_a_language']);
    for (const language of ['de-CH', 'zh-Hant-TW', null]) expect((await speaks(language).expect(201)).data.language).toBe(language);
    const { body } = await app.graphqlAnswer('mutation { createUser(input: { name: "Ann", language: "??" }) { id } }');
    expect(body.errors[0].extensions.details).toMatchObject([{ field: 'input.language', code: 'not_a_language' }]);
  });

  it('is one of fifty who ask for one e-mail address at the same moment', async () => {
    const email = `${randomUUID()}@example.com`;
    const answers = await Promise.all(Array.from({ length: 50 }, () => create('users', 'user', { name: 'Ann', email })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect([answer.status, ...problemsOf(answer)]).toEqual([422, 'user.email not_unique']);
  });
});

describe('a site', () => {
  it('says which portfolio it belongs to and whether procedures are required', async () => {
    const { data } = await create('entities', 'entity', { name: 'North' }).expect(201);
    expect(data).toMatchObject({ portfolio: null, require_procedures: false });
    const changed = await app
      .patch(`/entities/${data.id}`, { entity: { portfolio: 'Northern plants', require_procedures: true } })
      .expect(200);
    expect(changed.data).toMatchObject({ portfolio: 'Northern plants', require_procedures: true });
    const { entity } = await app.graphql(`{ entity(id: ${data.id}) { portfolio requireProcedures } }`);
    expect(entity).toEqual({ portfolio: 'Northern plants', requireProcedures: true });
  });
});

describe('the vendors of a part', () => {
  const change = (id: number, vendor_parts_attributes: object[]) => app.patch(`/parts/${id}`, { part: { vendor_parts_attributes } });
  const field = 'part.vendor_parts_attributes';
  const vendor = (fields: object = {}) =>
    idOf('vendors', 'vendor', { name: 'Summit', vendor_contacts_attributes: [{ name: 'Robert', extension: '989' }], ...fields });

  it('look as the contract prints them, are found by vendor or number, and at most one is preferred', async () => {
    const [one, other] = [await vendor(), await vendor({ name: 'Peak' })];
    const { part } = sample('11-create-part').request as { part: object };
    const mine = { part_type_id: null, storeroom_id: 1, measurement_unit_id: 1, assets_ids: [] };
    const bought = [{ vendor_id: one, vendor_part_number: 'ABC-12345', is_preferred: true, unit_cost: 24.9, lead_time: 3 }];
    const created = await create('parts', 'part', { ...part, ...mine, vendor_parts_attributes: bought }).expect(201);
    const { id } = created.data;
    expect(differences(sample('11-create-part').response, created.body).filter((text) => !text.includes('part_type'))).toEqual([]);
    expect(created.data.vendors).toEqual([
      {
        id: one,
        name: 'Summit',
        is_preferred: true,
        vendor_part_number: 'ABC-12345',
        unit_cost: 24.9,
        lead_time: 3,
        primary_contact: { id: expect.any(Number), name: 'Robert', email: null, phone: null, extension: '989' },
      },
    ]);
    await change(id, [
      { vendor_id: other, is_preferred: true },
      { vendor_id: one, vendor_part_number: 'X' },
    ]).expect(200);
    const shown = (await app.get(`/parts/${id}`).expect(200)).data;
    expect(shown.vendors).toMatchObject([
      { id: one, is_preferred: false, vendor_part_number: 'X', unit_cost: 24.9 },
      { id: other, is_preferred: true },
    ]);
    expect(shown.vendor_parts).toMatchObject([{ vendor: { id: one } }, { vendor: { id: other } }]);
    expect((await app.get(`/parts?id=${id}`)).data[0].vendors).toEqual(shown.vendors);
    const inGraphql =
      await app.graphql(`{ part(id: ${id}) { vendors { id name isPreferred vendorPartNumber unitCost leadTime primaryContact { name extension } }
      vendorParts { id vendor { name } } } }`);
    expect(inGraphql.part).toEqual({
      vendors: [
        {
          id: String(one),
          name: 'Summit',
          isPreferred: false,
          vendorPartNumber: 'X',
          unitCost: '24.9',
          leadTime: 3,
          primaryContact: { name: 'Robert', extension: '989' },
        },
        {
          id: String(other),
          name: 'Peak',
          isPreferred: true,
          vendorPartNumber: null,
          unitCost: null,
          leadTime: null,
          primaryContact: { name: 'Robert', extension: '989' },
        },
      ],
      vendorParts: [
        { id: String(shown.vendor_parts[0].id), vendor: { name: 'Summit' } },
        { id: String(shown.vendor_parts[1].id), vendor: { name: 'Peak' } },
      ],
    });
    const { part: update } = sample('14-update-part').request as { part: object };
    const gone = { vendor_parts_attributes: [{ vendor_id: one, vendor_part_number: 'ABC-12345', is_preferred: true, _destroy: true }] };
    const updated = await app.patch(`/parts/${id}`, { part: { ...update, ...mine, ...gone } }).expect(200);
    expect(updated.data.vendors).toMatchObject([{ id: other, is_preferred: true }]);
    expect(problemsOf(await app.patch(`/parts/${id}`, { part: gone }).expect(422))).toEqual([`${field}.0.vendor_id not_found`]);
    await change(id, [{ id: shown.vendor_parts[1].id, _destroy: true }]).expect(200);
    expect((await app.get(`/parts/${id}`)).data.vendors).toEqual([]);
  });

  it('are active where they are named anew, and stay where they are named', async () => {
    const [one, other] = [await vendor(), await vendor()];
    const id = await idOf('parts', 'part', { name: 'Filter', vendor_parts_attributes: [{ vendor_id: one }] });
    await app.patch(`/vendors/${one}`, { vendor: { is_active: false } }).expect(200);
    await app.patch(`/vendors/${other}`, { vendor: { assign_to_work_orders: false } }).expect(200);
    await change(id, [{ vendor_id: one, lead_time: 2 }]).expect(200);
    await change(id, [{ vendor_id: other }]).expect(200);
    const fresh = await create('parts', 'part', { name: 'Filter', vendor_parts_attributes: [{ vendor_id: one }, { lead_time: 1.5 }] });
    expect([fresh.status, ...problemsOf(fresh)]).toEqual([422, `${field}.1.lead_time not_an_integer`]);
    const refused = await create('parts', 'part', { name: 'Filter', vendor_parts_attributes: [{ vendor_id: one }] }).expect(422);
    expect(problemsOf(refused)).toEqual([`${field}.0.vendor_id not_assignable`]);
    await app.delete(`/vendors/${other}`).expect(204);
    expect(problemsOf(await create('parts', 'part', { name: 'x', vendor_parts_attributes: [{ vendor_id: other }] }).expect(422))).toEqual([
      `${field}.0.vendor_id archived`,
    ]);
    expect((await app.get(`/parts/${id}`)).data.vendors).toHaveLength(2);
  });
});

describe('an other cost', () => {
  const record = async (order: number, other_cost: object) =>
    (await app.post(`/work_orders/${order}/other_costs`, { other_cost }).expect(201)).data;
  const reverse = (order: number, cost: number, body: object) => app.post(`/work_orders/${order}/other_costs/${cost}/reverse`, body);
  const open = () => idOf('work_orders', 'work_order', { title: 'Repair' });
  const listed = async (order: number, query = '') => (await app.get(`/work_orders/${order}/other_costs?sort=id${query}`).expect(200)).data;

  it('says what it was for beside the category that reports put it under', async () => {
    const order = await open();
    const category = await idOf('categories', 'category', { name: 'HVAC' });
    const permits = await idOf('cost_categories', 'cost_category', { name: 'Permits' });
    const cost = await record(order, { amount: 38, category_id: category, cost_category_id: permits });
    expect(cost).toMatchObject({
      category: { id: category },
      cost_category: { id: permits, name: 'Permits' },
      reversed_other_cost_id: null,
      reversed_by_id: null,
    });
    await record(order, { amount: 2 });
    expect(await listed(order, `&cost_category_id=${permits}`)).toEqual([cost]);
    expect((await app.get(`/work_orders/${order}/other_costs/${cost.id}`).expect(200)).data).toEqual(cost);
    expect((await app.get(`/work_orders/${await open()}/other_costs/${cost.id}`)).status).toBe(404);
    const unknown = await app
      .post(`/work_orders/${order}/other_costs`, { other_cost: { amount: 1, cost_category_id: 987654321 } })
      .expect(422);
    expect(problemsOf(unknown)).toEqual(['other_cost.cost_category_id not_found']);
    const { otherCost } = await app.graphql(
      `{ otherCost(workOrderId: ${order}, id: ${cost.id}) { amount costCategory { name } reversedById } }`,
    );
    expect(otherCost).toEqual({ amount: '38', costCategory: { name: 'Permits' }, reversedById: null });
  });

  it('is taken back once by one of its own, whoever comes at the same moment, and leaves reported months as they are', async () => {
    const order = await open();
    const category = await idOf('categories', 'category', { name: randomUUID() });
    const cost = await record(order, { amount: 38.5, category_id: category, date: '2026-03-02' });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => reverse(order, cost.id, { reason: 'wrong order', date: '2026-04-01' })),
    );
    const [won] = answers.filter(({ status }) => status === 201);
    expect(won?.data).toMatchObject({
      amount: -38.5,
      date: '2026-04-01',
      note: 'wrong order',
      category: { id: category },
      reversed_other_cost_id: cost.id,
    });
    for (const { status, error } of answers.filter((answer) => answer !== won))
      expect([status, error.code]).toEqual([409, 'ALREADY_REVERSED']);
    expect(await listed(order)).toMatchObject([
      { id: cost.id, reversed_by_id: won?.data.id },
      { id: won?.data.id, reversed_by_id: null },
    ]);
    expect((await reverse(order, won?.data.id, { reason: 'x' })).error.code).toBe('CONFLICT');
    expect((await reverse(order, 987654321, { reason: 'x' })).status).toBe(404);
    expect(problemsOf(await reverse(order, cost.id, {}).expect(422))).toEqual(['reason required']);
    expect((await app.get(`/work_orders/${order}`)).data.total_costs).toMatchObject({ other: 0 });
    const { data } = await app.get('/reports/costs?group_by=month&from=2026-03-01&to=2026-04-30').expect(200);
    expect(data).toEqual(
      expect.arrayContaining([expect.objectContaining({ key: '2026-03' }), expect.objectContaining({ key: '2026-04' })]),
    );
    const other = await record(order, { amount: 1 });
    const mutation = `mutation { reverseOtherCost(input: { workOrderId: ${order}, otherCostId: ${other.id}, reason: "wrong" }) { amount reversedOtherCostId } }`;
    expect((await app.graphql(mutation)).reverseOtherCost).toEqual({ amount: '-1', reversedOtherCostId: String(other.id) });
  });
});

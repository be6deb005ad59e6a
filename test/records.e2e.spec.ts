import { randomUUID } from 'node:crypto';
import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const location = (fields: object, headers?: Record<string, string>) => app.post('/locations', { location: fields }, headers);
const locationId = async (fields: object): Promise<number> => (await location(fields).expect(201)).data.id as number;
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).sort();
const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

describe('the life of a record', () => {
  it('can be read the moment it was created, by every way', async () => {
    const { data, headers } = await location({ name: 'Hall' }).expect(201);
    expect(headers.get('location')).toBe(`/api/v1/locations/${data.id}`);
    const read = await app.get(`/locations/${data.id}`, { 'x-min-position': undefined }).expect(200);
    expect(read.data).toEqual(data);
    expect(read.headers.get('etag')).toBe('"0"');
  });

  it('is changed by what is sent, cleared by null, and unchanged by nothing new', async () => {
    const id = await locationId({ name: 'Hall', address: 'Street 1' });
    const changed = await app.patch(`/locations/${id}`, { location: { name: 'Room', address: null } }).expect(200);
    expect(changed.data).toMatchObject({ name: 'Room', address: null });
    const same = await app.patch(`/locations/${id}`, { location: { name: 'Room' } }).expect(200);
    expect(same.headers.get('etag')).toBe(changed.headers.get('etag'));
    await app.patch(`/locations/${id}`, { location: { name: null } }).expect(422);
  });

  it('is archived out of sight and brought back', async () => {
    const name = randomUUID();
    const id = await locationId({ name });
    expect((await app.delete(`/locations/${id}`).expect(204)).body).toBe('');
    expect((await app.get(`/locations?name=${name}`)).data).toEqual([]);
    expect((await app.get(`/locations?name=${name}&filter[archived_true]=true`)).data).toEqual([
      expect.objectContaining({ id, archived: true }),
    ]);
    expect((await location({ name: 'x', parent_id: id }).expect(422)).error.details).toEqual([
      expect.objectContaining({ field: 'location.parent_id', code: 'archived' }),
    ]);
    expect((await app.patch(`/locations/${id}/unarchive`).expect(200)).data.archived).toBe(false);
    expect((await app.get(`/locations?name=${name}`)).data).toHaveLength(1);
  });

  it('has no field that every object of the language has', async () => {
    for (const name of ['toString', 'hasOwnProperty', 'valueOf', 'constructor']) {
      const { error } = await location({ name: 'x', [name]: 1 }).expect(422);
      expect(error.details).toEqual([expect.objectContaining({ field: `location.${name}`, code: 'unknown_field' })]);
    }
  });

  it('is refused by its own name where its fields stand bare', async () => {
    const { error } = await app.post('/locations', { name: 'x' }).expect(422);
    expect(error.details).toEqual([
      expect.objectContaining({ field: 'location', code: 'required' }),
      expect.objectContaining({ field: 'name', code: 'unknown_field' }),
    ]);
  });

  it('takes null for a group of fields as for any other', async () => {
    await location({ name: 'x', qr_code_attributes: null }).expect(201);
    expect((await app.post('/work_orders', { work_order: { title: 'x', checklist: null } }).expect(201)).data.checklist).toEqual([]);
  });

  it.each(['0', '-1', '1.5', 'abc', '9007199254740993', '99999999999999999999', '987654321'])('is not found under %s', async (id) => {
    for (const answer of [
      await app.get(`/locations/${id}`),
      await app.patch(`/locations/${id}`, { location: { name: 'x' } }),
      await app.delete(`/locations/${id}`),
    ]) {
      expect(answer.status).toBe(404);
      expect(answer.error.code).toBe('NOT_FOUND');
    }
  });

  it('belongs to its site alone', async () => {
    const other = (await app.post('/entities', { entity: { name: 'Second site', currency: 'EUR', timezone: 'Europe/Berlin' } }).expect(201))
      .data;
    expect(other).toMatchObject({
      currency_symbol: '€',
      currency_name: 'Euro',
      timezone: expect.stringMatching(/^Europe\/Berlin: \+0[12]:00$/) as string,
    });
    const there = { 'x-entity-id': String(other.id) };
    const id = await locationId({ name: 'Hall' });
    await app.get(`/locations/${id}`, there).expect(404);
    await app.patch(`/locations/${id}`, { location: { name: 'x' } }, there).expect(404);
    expect((await location({ name: 'x', parent_id: id }, there).expect(422)).error.details).toEqual([
      expect.objectContaining({ code: 'not_found' }),
    ]);
    expect((await app.get(`/locations?id=${id}`, there).expect(200)).data).toEqual([]);
    const { data } = await app.post('/categories', { category: { name: 'Of the whole customer' } }).expect(201);
    await app.get(`/categories/${data.id}`, there).expect(200);
  });

  it('is never without a currency and a time zone', async () => {
    for (const field of ['currency', 'timezone']) {
      const { error } = await app.post('/entities', { entity: { name: 'x', [field]: null } }).expect(422);
      expect(error.details).toEqual([expect.objectContaining({ field: `entity.${field}`, code: 'required' })]);
    }
    const { data } = await app.post('/entities', { entity: { name: 'x', datetime_format: null } }).expect(201);
    expect(data).toMatchObject({ currency: 'USD', timezone: 'Etc/UTC: +00:00', datetime_format: null });
    await app.patch(`/entities/${data.id}`, { entity: { currency: null } }).expect(422);
    expect((await app.get('/parts', { 'x-entity-id': String(data.id) }).expect(200)).meta.entity.datetime_format).toBeNull();
  });

  it('takes its time zone as it is shown, with the offset of that moment or of another', async () => {
    const { id, timezone } = (await app.post('/entities', { entity: { name: 'x', timezone: 'Europe/Berlin' } }).expect(201)).data;
    for (const shown of [timezone, 'Europe/Berlin: +01:00', 'Europe/Berlin: +02:00']) {
      const { data, headers } = await app.patch(`/entities/${id}`, { entity: { timezone: shown } }).expect(200);
      expect([data.timezone, headers.get('etag')]).toEqual([timezone, '"0"']);
    }
    await app.patch(`/entities/${id}`, { entity: { timezone: 'Europe/Berlin +02:00' } }).expect(422);
  });

  it('refuses currencies and time zones that do not exist', async () => {
    const { error } = await app.post('/entities', { entity: { name: 'x', currency: 'XYZ', timezone: 'Mars/Olympus' } }).expect(422);
    expect(error.details.map(({ code }: { code: string }) => code)).toEqual(['not_a_time_zone', 'not_a_currency']);
    for (const timezone of ['AET', 'IST', 'pst', 'US/Pacific-New'])
      await app.post('/entities', { entity: { name: 'x', timezone } }).expect(422);
    const { data } = await app.post('/entities', { entity: { name: 'x', timezone: 'US/Pacific' } }).expect(201);
    await app.get('/reports/costs', { 'x-entity-id': String(data.id) }).expect(200);
  });
});

describe('a tree', () => {
  it('stays a tree when two records move under each other at once', async () => {
    for (let round = 0; round < 5; round++) {
      const [one, other] = [await locationId({ name: 'one' }), await locationId({ name: 'other' })];
      const answers = await Promise.all([
        app.patch(`/locations/${one}`, { location: { parent_id: other } }),
        app.patch(`/locations/${other}`, { location: { parent_id: one } }),
      ]);
      expect(statuses(answers)).toEqual([200, 422]);
    }
  });

  it('shows the new way in the very answer that moves or renames a record', async () => {
    const id = await locationId({ name: 'room' });
    for (let round = 0; round < 10; round++) {
      const parent = await locationId({ name: `hall ${round}` });
      const { data } = await app.patch(`/locations/${id}`, { location: { name: `room ${round}`, parent_id: parent } }).expect(200);
      expect(data).toMatchObject({ path: `hall ${round} > room ${round}`, root_id: parent });
    }
  });

  it('refuses a circle of three, and a record under itself', async () => {
    const root = await locationId({ name: 'root' });
    const middle = await locationId({ name: 'middle', parent_id: root });
    const leaf = await locationId({ name: 'leaf', parent_id: middle });
    for (const parent_id of [leaf, middle, root]) {
      const { error } = await app.patch(`/locations/${root}`, { location: { parent_id } }).expect(422);
      expect(error.details).toEqual([expect.objectContaining({ field: 'location.parent_id', code: 'cycle' })]);
    }
    await app.patch(`/locations/${middle}`, { location: { name: 'centre' } }).expect(200);
    expect((await app.get(`/locations/${leaf}`)).data).toMatchObject({ path: 'root > centre > leaf', root_id: root });
  });
});

describe('people', () => {
  it('keep their names out of events', async () => {
    const secret = `Zaphod ${randomUUID()}`;
    const { data } = await app.post('/users', { user: { name: secret, email: 'z@example.com' } }).expect(201);
    await app.patch(`/users/${data.id}`, { user: { surname: `${secret} B` } }).expect(200);
    const { data: events } = await app.get(`/audit_trail?stream=user-${data.id}&sort=position`).expect(200);
    expect(events.map(({ type }: { type: string }) => type)).toEqual(['UserRegistered', 'UserChanged']);
    expect(JSON.stringify(events)).not.toContain(secret);
    expect((await app.get(`/users/${data.id}`)).data).toMatchObject({ name: secret, surname: `${secret} B` });
    expect((await app.get(`/users?search=${encodeURIComponent(secret)}`)).data).toHaveLength(1);
  });

  it('lose no update: one of many with one If-Match goes through, and the others leave nothing', async () => {
    const { data, headers } = await app.post('/users', { user: { name: 'Race' } }).expect(201);
    const tag = headers.get('etag') ?? '';
    const answers = await times(20, (index) =>
      app.patch(`/users/${data.id}`, { user: { surname: `Winner ${index}` } }, { 'if-match': tag }),
    );
    expect(statuses(answers)).toEqual([200, ...Array<number>(19).fill(412)]);
    const winner = answers.find(({ status }) => status === 200)?.data.surname as string;
    expect((await app.get(`/users/${data.id}`)).data.surname).toBe(winner);
  });

  it('keep both of two changes that were made at once', async () => {
    const { data } = await app.post('/users', { user: { name: 'Race' } }).expect(201);
    await Promise.all([
      app.patch(`/users/${data.id}`, { user: { surname: 'S' } }).expect(200),
      app.patch(`/users/${data.id}`, { user: { job_title: 'J' } }).expect(200),
    ]);
    expect((await app.get(`/users/${data.id}`)).data).toMatchObject({ surname: 'S', job_title: 'J' });
  });

  it('have addresses that look like addresses', async () => {
    for (const email of ['nobody', '<one@example.com>', 'one@example.com,two@example.com', 'a b@example.com']) {
      const { error } = await app.post('/users', { user: { name: 'x', email } }).expect(422);
      expect(error.details).toEqual([expect.objectContaining({ field: 'user.email', code: 'invalid_email' })]);
    }
  });
});

describe('work order statuses', () => {
  it('are five built-in ones and those the customer adds, whose kind never changes', async () => {
    const { data } = await app.get('/work_order_statuses?is_custom=false').expect(200);
    expect(data.map(({ id, name, kind }: { id: number; name: string; kind: string }) => [id, name, kind])).toEqual([
      [1, 'open', 'open'],
      [2, 'in progress', 'open'],
      [3, 'on hold', 'open'],
      [4, 'cancelled', 'cancelled'],
      [5, 'completed', 'completed'],
    ]);
    const custom = (await app.post('/work-order-statuses', { work_order_status: { name: 'Waiting', kind: 'open' } }).expect(201)).data;
    expect(custom).toMatchObject({ is_custom: true });
    const change = (id: number, fields: object) => app.patch(`/work_order_statuses/${id}`, { work_order_status: fields });
    expect((await change(custom.id, { name: 'Waiting for parts' }).expect(200)).data.name).toBe('Waiting for parts');
    expect((await change(custom.id, { kind: 'completed' }).expect(422)).error.details).toEqual([
      expect.objectContaining({ code: 'never_changes' }),
    ]);
    await change(1, { name: 'Fresh' }).expect(409);
    await app.delete('/work_order_statuses/5').expect(409);
    await app.post('/work_order_statuses', { work_order_status: { name: 'x', kind: 'sleeping' } }).expect(422);
  });
});

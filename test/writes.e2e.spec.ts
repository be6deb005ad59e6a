import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
let count = 0;
beforeAll(async () => void (app = await sharedServer()));

const unique = (what: string): string => `${what} ${process.pid}-${Date.now()}-${++count}`;

const create = (name: string, headers?: Record<string, string>): Promise<Answer> => app.post('/locations', { location: { name } }, headers);

async function namedAlike(name: string): Promise<number> {
  const { meta } = await app.get(`/locations?filter[name_eq]=${encodeURIComponent(name)}`).expect(200);
  return meta.pagination.total;
}

describe('an Idempotency-Key', () => {
  it('gives the first answer again, however the body is spelled and whatever way the path is written', async () => {
    const name = unique('Hall');
    const key = unique('key');
    const first = await create(name, { 'idempotency-key': key });
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const again = await app.request('POST', '/locations/', ` {"location" : {"name":${JSON.stringify(name)}} }`, {
      'idempotency-key': key,
      'content-type': 'application/json',
    });
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    for (const header of ['etag', 'x-position', 'location']) expect(again.headers.get(header)).toBe(first.headers.get(header));
    expect(first.headers.get('location')).toBe(`/api/v1/locations/${first.data.id}`);
    expect(await namedAlike(name)).toBe(1);
  });

  it('has one effect when fifty requests carry it at once', async () => {
    const name = unique('Hall');
    const key = unique('key');
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(name, { 'idempotency-key': key })));
    const created = answers.filter(({ status }) => status === 201);
    expect(created.length).toBeGreaterThan(0);
    expect(new Set(created.map(({ data }) => data.id)).size).toBe(1);
    for (const { status, error } of answers) if (status !== 201) expect([status, error.code]).toEqual([409, 'IDEMPOTENCY_KEY_IN_USE']);
    expect(await namedAlike(name)).toBe(1);
  });

  it('is refused with another body, query or precondition', async () => {
    const key = unique('key');
    await create(unique('Hall'), { 'idempotency-key': key });
    const other = await create(unique('Hall'), { 'idempotency-key': key });
    expect([other.status, other.error.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('means something else on another path', async () => {
    const key = unique('key');
    const { data } = await create(unique('Hall'), { 'idempotency-key': key });
    await app.patch(`/locations/${data.id}`, { location: { name: unique('Hall') } }, { 'idempotency-key': key }).expect(200);
  });

  it('is one on one path, however that is encoded', async () => {
    const { data } = await app.post('/parts', { part: { name: unique('Filter') } }).expect(201);
    const headers = { 'idempotency-key': unique('key') };
    const paths = ['restock', 're%73tock', '%72estock/', 'restock?'].map((action) => `/parts/${data.id}/${action}`);
    for (const path of [...paths, `/p%61rts/${String(data.id).replace(/^\d/, '%3$&')}/restock`])
      expect((await app.patch(path, { quantity: 2, cost: 1 }, headers).expect(200)).data.on_hand_qty).toBe(2);
    expect((await app.get(`/parts/${data.id}`).expect(200)).data.on_hand_qty).toBe(2);
  });

  it('does not keep a refusal', async () => {
    const key = unique('key');
    const { data } = await create(unique('Hall'));
    const stale = { 'idempotency-key': key, 'if-match': '"7"' };
    await app.patch(`/locations/${data.id}`, { location: { name: 'x' } }, stale).expect(412);
    await app.patch(`/locations/${data.id}`, { location: { name: 'x' } }, { 'idempotency-key': key }).expect(200);
  });

  it.each(['', 'x'.repeat(256)])('has 1 to 255 characters', async (key) => {
    const { status, error } = await create(unique('Hall'), { 'idempotency-key': key });
    expect([status, error.code]).toEqual([400, 'MALFORMED_REQUEST']);
  });
});

describe('If-Match', () => {
  const change = (id: number, tag: string): Promise<Answer> =>
    app.patch(`/locations/${id}`, { location: { name: unique('Hall') } }, { 'if-match': tag });

  it('lets exactly one of fifty through', async () => {
    const { data, headers } = await create(unique('Hall'));
    const answers = await Promise.all(Array.from({ length: 50 }, () => change(data.id, headers.get('etag') ?? '')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status, error }) => status === 412 && error.code === 'PRECONDITION_FAILED')).toHaveLength(49);
  });

  it('takes lists and *, and tells weak from malformed', async () => {
    const { data } = await create(unique('Hall'));
    const statuses = [];
    for (const tag of ['"5", "0"', '*', 'W/"2"', '"5"', '2', '"unclosed']) statuses.push((await change(data.id, tag)).status);
    expect(statuses).toEqual([200, 200, 412, 412, 400, 400]);
  });

  it.each(['"1"', '*'])('%s does not hide that there is no such record', async (tag) => {
    const headers = { 'if-match': tag };
    const answers = [
      await change(99_999, tag),
      await app.patch('/parts/99999/restock', { quantity: 1, cost: 1 }, headers),
      await app.patch('/parts/99999/unarchive', undefined, headers),
      await app.delete('/locations/99999', undefined, headers),
      await app.post('/work_orders/99999/parts', { part_id: 1, quantity: 1 }, headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
  });

  it('is answered with a tag that matches the next write, and reads carry it', async () => {
    const { data, headers } = await create(unique('Hall'));
    const changed = await change(data.id, headers.get('etag') ?? '');
    const read = await app.get(`/locations/${data.id}`).expect(200);
    expect(read.headers.get('etag')).toBe(changed.headers.get('etag'));
  });
});

describe('reading one’s own write', () => {
  it('waits for the position of the write', async () => {
    const name = unique('Hall');
    const { headers } = await create(name);
    const position = headers.get('x-position');
    expect(position).toMatch(/^\d+$/);
    const { data } = await app
      .get(`/locations?filter[name_eq]=${encodeURIComponent(name)}&min_position=${position}`, { 'x-min-position': undefined })
      .expect(200);
    expect(data).toHaveLength(1);
  });
});

describe('a batch of writes', () => {
  it('takes no If-Match, for it is about no single record', async () => {
    const ops = [{ method: 'POST', url: '/api/v1/locations', params: { location: { name: unique('Hall') } } }];
    const { error } = await app.post('/batch', { ops, sequential: true }, { 'if-match': '"0"' }).expect(400);
    expect(error).toMatchObject({ code: 'MALFORMED_REQUEST', message: expect.stringContaining('If-Match') as string });
  });

  it('hands a list of values on as a list', async () => {
    const name = unique('Hall, north');
    const lists = [
      { 'filter[name_in]': [name] },
      { 'filter[name_in][]': [name] },
      { name_in: [name, unique('nowhere')] },
      { filter: { name_in: [name] } },
      { sort: ['name', 'id'], name },
    ].map((params) => ({ method: 'GET', url: '/api/v1/locations', params }));
    const ops = [{ method: 'POST', url: '/api/v1/locations', params: { location: { name } } }, ...lists];
    const { body } = await app.post('/batch', { ops, sequential: true }).expect(200);
    expect(body.results.slice(1).map((result: Answer) => result.body.meta?.pagination.total)).toEqual([1, 1, 1, 1, 1]);
  });

  it('lets a later operation see an earlier one, and repeats none under its key', async () => {
    const name = unique('Hall');
    const key = unique('key');
    const body = {
      ops: [
        { method: 'POST', url: '/api/v1/locations', params: { location: { name } } },
        { method: 'GET', url: '/api/v1/locations', params: { 'filter[name_eq]': name } },
        { method: 'POST', url: '/api/v1/locations', params: { location: { name: 7 } } },
      ],
      sequential: true,
    };
    const first = await app.post('/batch', body, { 'idempotency-key': key }).expect(200);
    expect(first.body.results.map(({ status }: { status: number }) => status)).toEqual([201, 200, 422]);
    expect(first.body.results[1].body.meta.pagination.total).toBe(1);
    const again = await app.post('/batch', body, { 'idempotency-key': key }).expect(200);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(await namedAlike(name)).toBe(1);
  });
});

describe('the request id', () => {
  it('is the same in the answer and in the metadata of the event', async () => {
    const { data } = await create(unique('Hall'), { 'x-request-id': '5d0c2a0e-41f7-4c6b-8b1d-0f9e8d7c6b5a' });
    const { data: rows } = await app.get(`/audit_trail?filter[stream_eq]=location-${data.id}`).expect(200);
    expect(rows[0].request_id).toBe('5d0c2a0e-41f7-4c6b-8b1d-0f9e8d7c6b5a');
  });
});

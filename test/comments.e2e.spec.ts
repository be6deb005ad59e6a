import { randomUUID } from 'node:crypto';
import { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const open = async (fields: object = {}): Promise<number> =>
  (await app.post('/work_orders', { work_order: { title: 'Repair', ...fields } }).expect(201)).data.id;
const say = (order: number, text: string, more: object = {}) => app.post(`/work_orders/${order}/comments`, { comment: { text, ...more } });

describe('comments over GraphQL', () => {
  it('are read and made by whoever may read and write what they are about', async () => {
    const order = await open();
    const { id } = (await say(order, 'Not for who makes requests').expect(201)).data;
    const scopes = ['work_order_requests:read', 'work_order_requests:write'];
    const wanted = { name: randomUUID(), scopes, entity_ids: [1], expires_at: new Date(Date.now() + 86_400_000).toISOString() };
    const { key } = (await app.post('/access/api_keys', wanted).expect(201)).data;
    const requester = new Client(app.url, key);
    const refused = async (document: string): Promise<object> => (await requester.graphqlAnswer(document)).body.errors?.[0]?.extensions;
    expect(await refused(`{ comment(id: ${id}) { text } }`)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refused(`mutation { withdrawComment(input: { commentId: ${id} }) { text } }`)).toMatchObject({ code: 'NOT_FOUND' });
    const lacking = { code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'work_orders:write' };
    expect(await refused(`mutation { addComment(input: { workOrderId: ${order}, text: "Me too" }) { text } }`)).toMatchObject(lacking);
    expect((await app.get(`/work_orders/${order}/comments`)).data).toMatchObject([{ id, text: 'Not for who makes requests' }]);
  });
});

describe('comments on a work order', () => {
  it('are listed, counted and shown alone, and leave the tag of the order as it is', async () => {
    const order = await open();
    const tag = (await app.get(`/work_orders/${order}`)).headers.get('etag');
    const { data, headers } = await say(order, 'The seal is worn').expect(201);
    expect(data).toMatchObject({ work_order_id: order, text: 'The seal is worn', public: false, withdrawn_at: null });
    expect(data.created_by).toMatchObject({ id: 1 });
    expect(headers.get('x-position')).toMatch(/^\d+$/);
    const second = (await say(order, 'A new one is ordered', { public: true }).expect(201)).data;
    const listed = await app.get(`/work_orders/${order}/comments`).expect(200);
    expect(listed.data).toEqual([data, second]);
    expect(listed.meta.pagination.total).toBe(2);
    expect((await app.get(`/work_orders/${order}/comments?public=true`)).data).toEqual([second]);
    expect((await app.get(`/work_orders/${order}/comments?search=SEAL`)).data).toEqual([data]);
    expect((await app.get(`/work_orders/${order}/comments?sort=created_at desc&per_page=1`)).data).toEqual([second]);
    expect((await app.get(`/work_orders/${order}/comments/${data.id}`).expect(200)).data).toEqual(data);
    expect((await app.get(`/work_orders?filter[id_eq]=${order}`)).data[0].comments_count).toBe(2);
    const shown = await app.get(`/work_orders/${order}`);
    expect([shown.data.comments_count, shown.headers.get('etag')]).toEqual([2, tag]);
    const patched = await app.patch(`/work_orders/${order}`, { work_order: { priority: 'high' } }).expect(200);
    expect(patched.data.comments_count).toBe(2);
  });

  it('are made where If-Match has the tag of the order, over REST and GraphQL, and not where it has changed', async () => {
    const order = await open();
    const path = `/work_orders/${order}/comments`;
    const tag = (await app.get(`/work_orders/${order}`)).headers.get('etag') ?? '';
    const [comment, condition] = [{ text: 'Seen' }, { 'if-match': tag }];
    await app.post(path, { comment }, condition).expect(201);
    await app.post(path, { comment }, condition).expect(201);
    const inGraphql = `mutation ($revision: Int!) { addComment(input: {workOrderId: ${order}, text: "Seen"}, expectedRevision: $revision) { text } }`;
    const revision = Number(tag.replaceAll('"', ''));
    expect((await app.graphql(inGraphql, { revision })).addComment).toEqual({ text: 'Seen' });
    await app.patch(`/work_orders/${order}`, { work_order: { priority: 'high' } }).expect(200);
    expect((await app.post(path, { comment }, condition)).error.code).toBe('PRECONDITION_FAILED');
    const { body } = await app.graphqlAnswer(inGraphql, { revision });
    expect(body.errors[0].extensions.code).toBe('PRECONDITION_FAILED');
    expect((await app.post('/work_orders/987654321/comments', { comment }, condition)).status).toBe(404);
    expect((await app.get(path)).meta.pagination.total).toBe(3);
    const { id } = (await app.get(path)).data[0];
    const own = (await app.get(`${path}/${id}`)).headers.get('etag') ?? '';
    expect((await app.delete(`${path}/${id}`, undefined, { 'if-match': '"7"' })).status).toBe(412);
    await app.delete(`${path}/${id}`, undefined, { 'if-match': own }).expect(204);
  });

  it('lose their text when their author withdraws them, and stay', async () => {
    const order = await open();
    const text = `Not for everybody ${randomUUID()}`;
    const key = { 'idempotency-key': randomUUID() };
    const repeated = () => app.post(`/work_orders/${order}/comments`, { comment: { text } }, key).expect(201);
    const { id } = (await repeated()).data;
    const path = `/work_orders/${order}/comments/${id}`;
    await app.delete(path).expect(204);
    const row = (await app.get(path).expect(200)).data;
    expect(row).toMatchObject({ id, text: null, withdrawn_at: row.updated_at });
    expect((await app.get(`/work_orders/${order}/comments`)).data).toEqual([row]);
    expect((await app.get(`/work_orders/${order}/comments?search=everybody`)).data).toEqual([]);
    expect((await app.get(`/work_orders?filter[id_eq]=${order}`)).data[0].comments_count).toBe(0);
    // Nor does a repeat of the very request that said it.
    expect((await repeated()).data).toMatchObject({ id, text: null });
    const again = await app.delete(path).expect(204);
    expect((await app.get(path)).headers.get('etag')).toBe(again.headers.get('etag'));
    const trail = await app.get(`/audit_trail?stream=comment-${id}&sort=position asc`).expect(200);
    expect((trail.data as { type: string }[]).map(({ type }) => type)).toEqual(['CommentAdded', 'CommentWithdrawn']);
    expect(JSON.stringify(trail.body)).not.toContain(text);
    expect(trail.data[0].data).toEqual({
      commentId: id,
      recordKind: 'work_order',
      recordId: order,
      authorId: 1,
      public: false,
      textId: expect.any(String),
      textSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('of a key of no person are withdrawn with that key and no other, also where they are repeats of an alarm', async () => {
    const keyed = async (): Promise<Client> => {
      const right = { scopes: ['work_orders:read', 'work_orders:write'], entity_ids: [1], expires_at: new Date(Date.now() + 86_400_000) };
      return new Client(app.url, (await app.post('/access/api_keys', { name: randomUUID(), ...right }).expect(201)).data.key);
    };
    const [one, other, dedup_key] = [await keyed(), await keyed(), randomUUID()];
    const order = await open({ dedup_key });
    const path = `/work_orders/${order}/comments`;
    const said = async (by: Client) => (await by.post(path, { comment: { text: 'Seen' } }).expect(201)).data.id as number;
    const [ofOne, ofFirst] = [await said(one), await said(app)];
    await one.post('/work_orders', { work_order: { title: 'Again', dedup_key } }).expect(200);
    const alarm = (await one.get(`${path}?search=Again`).expect(200)).data[0].id as number;
    for (const id of [ofOne, alarm])
      for (const by of [other, app]) {
        expect((await by.delete(`${path}/${id}`).expect(403)).error.code).toBe('INSUFFICIENT_PERMISSIONS');
        const { body } = await by.graphqlAnswer(`mutation { withdrawComment(input: { commentId: ${id} }) { text } }`);
        expect(body.errors[0].extensions.code).toBe('INSUFFICIENT_PERMISSIONS');
      }
    await one.delete(`${path}/${ofFirst}`).expect(403);
    expect((await app.get(path)).data.map(({ text }: { text: string }) => text)).toEqual(['Seen', 'Seen', 'Again']);
    for (const id of [ofOne, alarm]) await one.delete(`${path}/${id}`).expect(204);
    await app.delete(`${path}/${ofFirst}`).expect(204);
  });

  it('are refused by the field that is wrong, and where there is nothing to speak of', async () => {
    const order = await open();
    const wrong = async (body: object | undefined) => {
      const { status, error } = await app.post(`/work_orders/${order}/comments`, body);
      return [status, error.details.map(({ field, code }: { field: string; code: string }) => [field, code])];
    };
    expect(await wrong({ comment: {} })).toEqual([422, [['comment.text', 'required']]]);
    expect(await wrong({ comment: { text: ' ' } })).toEqual([422, [['comment.text', 'required']]]);
    expect(await wrong({ comment: { text: 'x'.repeat(20_001) } })).toEqual([422, [['comment.text', 'too_long']]]);
    // Three bytes each in UTF-8, of which a text may take 40,000.
    expect(await wrong({ comment: { text: '€'.repeat(13_334) } })).toEqual([422, [['comment.text', 'too_long']]]);
    await say(await open(), '€'.repeat(13_333)).expect(201);
    expect(await wrong({ comment: { text: 'x', public: 'yes' } })).toEqual([422, [['comment.public', 'not_a_boolean']]]);
    expect(await wrong({ comment: { text: 'x', author: 3 } })).toEqual([422, [['comment.author', 'unknown_field']]]);
    expect((await app.post(`/work_orders/${order}/comments`)).status).toBe(422);
    expect((await say(987654321, 'x')).status).toBe(404);
    expect((await app.get('/work_orders/987654321/comments')).status).toBe(404);
    expect((await app.delete(`/work_orders/${order}/comments/987654321`)).status).toBe(404);
    const { id } = (await say(await open(), 'Elsewhere').expect(201)).data;
    expect((await app.get(`/work_orders/${order}/comments/${id}`)).status).toBe(404);
    expect((await app.delete(`/work_orders/${order}/comments/${id}`)).status).toBe(404);
    await app.delete(`/work_orders/${order}`).expect(204);
    expect((await say(order, 'x')).error.code).toBe('CONFLICT');
    expect((await app.get(`/work_orders/${order}/comments`)).meta.pagination.total).toBe(0);
  });

  it('are all there when fifty speak at the same moment, and once for each key', async () => {
    const order = await open();
    const keys = Array.from({ length: 25 }, () => ({ 'idempotency-key': randomUUID() }));
    const comment = (key: object) => app.post(`/work_orders/${order}/comments`, { comment: { text: 'Again' } }, key as never);
    const answers = await Promise.all(keys.map(comment));
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 201));
    const repeats = await Promise.all(keys.map(comment));
    expect(repeats.map(({ data }) => data.id)).toEqual(answers.map(({ data }) => data.id));
    await Promise.all(Array.from({ length: 50 }, () => say(order, 'At once').expect(201)));
    expect((await app.get(`/work_orders/${order}`)).data.comments_count).toBe(75);
  });

  it('are the same over GraphQL', async () => {
    const order = await open();
    const added = (await app.graphql(
      `mutation { addComment(input: { workOrderId: ${order}, text: "Belt", public: true }, idempotencyKey: "${randomUUID()}") { id text public workOrder { id commentsCount } createdBy { id } } }`,
    )) as { addComment: { id: string } };
    expect(added.addComment).toMatchObject({
      text: 'Belt',
      public: true,
      workOrder: { id: `${order}`, commentsCount: 1 },
      createdBy: { id: '1' },
    });
    const read = `{ workOrder(id: ${order}) { commentsCount comments { totalCount nodes { id text withdrawnAt } } } comment(id: ${added.addComment.id}) { text } }`;
    expect(await app.graphql(read)).toMatchObject({
      workOrder: { commentsCount: 1, comments: { totalCount: 1, nodes: [{ id: added.addComment.id, text: 'Belt', withdrawnAt: null }] } },
      comment: { text: 'Belt' },
    });
    const withdrawn = await app.graphql(
      `mutation { withdrawComment(input: { commentId: ${added.addComment.id} }) { text workOrder { commentsCount } } }`,
    );
    expect(withdrawn).toEqual({ withdrawComment: { text: null, workOrder: { commentsCount: 0 } } });
    const missing = await app.graphqlAnswer('mutation { addComment(input: { text: "x" }) { id } }');
    expect(missing.body).toMatchObject({
      errors: [{ extensions: { code: 'VALIDATION_FAILED', details: [{ field: 'input.workOrderId' }] } }],
    });
  });
});

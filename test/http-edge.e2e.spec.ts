import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { publishedErrors } from '#src/errors/published-errors';
import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

describe('who asks, for which site', () => {
  it.each([undefined, 'Bearer', 'Basic abc', 'no-scheme-before-it'])(
    'wants a key, and says how it is sent, to %j',
    async (authorization) => {
      for (const { status, error, headers } of [
        await app.get('/entities', { authorization }),
        await app.graphqlAnswer('{ __typename }', {}, { authorization }),
      ]) {
        expect({ status, code: error.code, message: error.message }).toEqual({
          status: 401,
          code: 'UNAUTHENTICATED',
          message: 'a credential is required: Authorization: Bearer <key or token>',
        });
        expect(headers.get('www-authenticate')).toBe('Bearer');
      }
    },
  );

  it.each(['wrong', `mw_${'0'.repeat(16)}_wrong`, 'changed', 'x'.repeat(600)])('says of a key that it is not known: %s', async (sent) => {
    const key = sent === 'changed' ? `${app.adminKey}x` : sent;
    const authorization = `Bearer ${key}`;
    for (const { status, error, body, headers } of [
      await app.get('/entities', { authorization }),
      await app.graphqlAnswer('{ __typename }', {}, { authorization }),
    ]) {
      expect({ status, code: error.code, message: error.message }).toEqual({
        status: 401,
        code: 'UNAUTHENTICATED',
        message: 'this credential is not known, or over',
      });
      expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect(JSON.stringify(body)).not.toContain(key);
    }
  });

  it('tells a client of GraphQL that its key is not known where it looks for errors', async () => {
    const { body } = await app.graphqlAnswer('{ __typename }', {}, { authorization: 'Bearer wrong' }).expect(401);
    expect(body.errors).toMatchObject([{ message: 'this credential is not known, or over', extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('takes Token for Bearer', () => app.get('/entities', { authorization: `Token ${app.adminKey}` }).expect(200));

  it('is asked once, whichever of two credentials is good', async () => {
    const [good, bad] = [`Authorization: Bearer ${app.adminKey}`, 'authorization: Bearer wrong'];
    const sent = (line: string, ...headers: string[]) =>
      overTheSocket(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers.join('\r\n')}\r\n\r\n`);
    expect(await sent('GET /api/v1/entities', good)).toMatch(/^HTTP\/1.1 200 /);
    for (const both of [
      [good, bad],
      [bad, good],
      [good, good],
    ]) {
      const answer = await sent('GET /api/v1/entities', ...both);
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(answer).toContain('"code":"MALFORMED_REQUEST"');
    }
    const form = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 0', 'Authorization: Basic YTpi', bad];
    const refused = await sent('POST /api/v1/oauth/token', ...form);
    expect(refused).toMatch(/^HTTP\/1.1 400 /);
    expect(refused).toContain('{"error":"invalid_request"');
  });

  it.each([undefined, '', 'one', '1.5', '0x1'])('does not take %j for a site', async (entity) => {
    const { error } = await app.post('/batch', {}, { 'x-entity-id': entity }).expect(400);
    expect(error.code).toBe('MALFORMED_REQUEST');
  });

  it('finds no site that is not there', async () => {
    for (const entity of ['0', '-1', '987654321', '99999999999999999999'])
      expect((await app.post('/batch', {}, { 'x-entity-id': entity }).expect(404)).error.code).toBe('NOT_FOUND');
  });

  it('asks for a key before it reads the body', async () => {
    await app.request('POST', '/batch', '{', { authorization: undefined, 'content-type': 'text/plain' }).expect(401);
  });
});

describe('paths and methods', () => {
  it('answers a path that is not there in the envelope, key or not', async () => {
    for (const path of ['/api/v1/nothing', '/api/v1/', '/', '/api/v2/parts', '/api/v1/batch/1']) {
      const { error } = await app.request('GET', path, undefined, { authorization: undefined }).expect(404);
      expect(error.code).toBe('NOT_FOUND');
    }
  });

  it('names the methods of a path that is there', async () => {
    const { error, headers } = await app.request('PUT', '/api/v1/batch').expect(405);
    expect(error.code).toBe('METHOD_NOT_ALLOWED');
    expect(headers.get('allow')).toBe('POST');
    await app.request('OPTIONS', '/api/v1/entities').expect(405);
  });

  it('tolerates a trailing slash', () => app.get('/entities/').expect(200));

  it.each([
    ['cannot be decoded', '/parts%zz', 400, 'MALFORMED_REQUEST'],
    ['holds no UTF-8', '/parts/%ff', 400, 'MALFORMED_REQUEST'],
    ['is too long for an id', `/parts/${'7'.repeat(501)}`, 404, 'NOT_FOUND'],
  ])('answers a path that %s like any other, and writes it down', async (_, path, status, code) => {
    const [refused, ordinary] = [await app.get(path), await app.get('/nothing')];
    expect([refused.status, refused.error.code, refused.error.request_id]).toEqual([status, code, refused.headers.get('x-request-id')]);
    const names = ({ headers }: Answer): string[] => [...headers.keys()].filter((name) => !/^(date|content-length|keep-alive)$/.test(name));
    expect(names(refused)).toEqual(names(ordinary));
    expect(await writtenOf(refused.error.request_id)).toMatchObject([{ method: 'GET', route: null, status, code, ...ofBootstrap }]);
  });

  it.each([
    ['names no host', 'GET /api/v1/entities', [], 400, 'MALFORMED_REQUEST'],
    ['names two hosts', 'GET /api/v1/entities', ['Host: x', 'Host: x'], 400, 'MALFORMED_REQUEST'],
    ['names no path', 'GET *', ['Host: x'], 400, 'MALFORMED_REQUEST'],
    ['expects what nobody does', 'PATCH /api/v1/parts/1', ['Host: x', 'Expect: wonders', 'Content-Length: 0'], 417, 'EXPECTATION_FAILED'],
  ])('answers a request that %s like any other, and writes it down', async (_, line, more, status, code) => {
    const sent = async (start: string, ...headers: string[]) => {
      const lines = [`${start} HTTP/1.1`, `Authorization: Bearer ${app.adminKey}`, 'Connection: close', ...headers];
      const [head = '', body = ''] = (await overTheSocket(`${lines.join('\r\n')}\r\n\r\n`)).split('\r\n\r\n');
      const [first = '', ...rest] = head.split('\r\n').map((text) => text.toLowerCase().split(': '));
      const { error } = JSON.parse(body) as { error: { code: string; request_id: string } };
      return { status: Number(first[0]?.split(' ')[1]), headers: new Map(rest as [string, string][]), error };
    };
    const [refused, ordinary] = [await sent(line, ...more), await sent('GET /api/v1/nothing', 'Host: x')];
    expect([refused.status, refused.error.code, refused.error.request_id]).toEqual([status, code, refused.headers.get('x-request-id')]);
    expect([...refused.headers.keys()]).toEqual([...ordinary.headers.keys()]);
    const [method] = line.split(' ');
    expect(await writtenOf(refused.error.request_id)).toMatchObject([{ method, route: null, status, code, ...ofBootstrap }]);
  });

  it('answers what is not HTTP in the envelope, too', async () => {
    const answer = await overTheSocket('THIS IS NO HTTP\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('X-Content-Type-Options: nosniff');
    expect(answer).toContain(`"request_id":"${/\r\nX-Request-Id: (\S+)\r\n/.exec(answer)?.[1]}"`);
    expect(answer).toContain('"code":"MALFORMED_REQUEST"');
  });
});

describe('a connection that goes on as no HTTP', () => {
  const startOf = (id: string, ...more: string[]): string => {
    const headers = ['Host: x', `Authorization: Bearer ${app.adminKey}`, 'X-Entity-Id: 1', `X-Request-Id: ${id}`, ...more];
    return ['POST /api/v1/parts HTTP/1.1', ...headers, 'Content-Type: application/json', '', ''].join('\r\n');
  };
  const brokenOff = (id: string): string => `${startOf(id, 'Transfer-Encoding: chunked')}no chunk\r\n`;

  it.each([
    ['bytes behind the body', '\0\0'],
    ['another start of no HTTP', 'GARBAGE\r\n\r\n'],
    ['a request that breaks off', brokenOff],
  ])('has what was done before answered first: %s', async (_, rest) => {
    const [id, last] = [randomUUID(), randomUUID()];
    const body = JSON.stringify({ part: { name: `Bearing ${id}` } });
    const sent = `${startOf(id, `Content-Length: ${body.length}`)}${body}${typeof rest === 'string' ? rest : rest(last)}`;
    const [done = '', broken = '', ...more] = (await overTheSocket(sent)).split(/(?=HTTP\/1\.1 )/);
    expect([done, broken].map((answer) => answer.slice(0, 13))).toEqual(['HTTP/1.1 201 ', 'HTTP/1.1 400 ']);
    expect(done).toContain(`x-request-id: ${id}`);
    expect(broken).toContain('"code":"MALFORMED_REQUEST"');
    expect(more).toEqual([]);
  });

  it('says the id of the request that it breaks off', async () => {
    const id = randomUUID();
    const answer = await overTheSocket(brokenOff(id));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain(`"request_id":"${id}"`);
    expect(await writtenOf(id)).toMatchObject([{ status: 400, code: 'MALFORMED_REQUEST' }]);
  });
});

describe('a request that breaks off', () => {
  it.each([
    ['ends with its connection', (socket: Socket) => socket.destroy()],
    ['goes on as no HTTP', (socket: Socket) => socket.end('no chunk\r\n')],
  ])('is its own fault in the log of calls where it %s', async (_, breakOff) => {
    const { hostname, port } = new URL(app.url);
    const id = randomUUID();
    const headers = [`Authorization: Bearer ${app.adminKey}`, 'X-Entity-Id: 1', `X-Request-Id: ${id}`, 'Content-Type: application/json'];
    const lines = ['POST /api/v1/parts HTTP/1.1', 'Host: x', ...headers, 'Transfer-Encoding: chunked', 'Expect: 100-continue'];
    const socket = connect(Number(port), hostname, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    socket.once('data', () => breakOff(socket));
    const line = { method: 'POST', route: '/api/v1/parts', status: 400, code: 'MALFORMED_REQUEST' };
    expect(await writtenOf(id)).toMatchObject([{ ...line, ...ofBootstrap }]);
  });
});

describe('the id of a request', () => {
  it('is the caller’s own', async () => {
    const id = '0b7e5a52-6d1c-4f0e-9a57-1f2d3c4b5a69';
    const { error, headers } = await app.get('/nothing', { 'x-request-id': id });
    expect(headers.get('x-request-id')).toBe(id);
    expect(error.request_id).toBe(id);
  });

  it('is made where there is none, or one that may be a secret or a name', async () => {
    for (const id of [undefined, 'a b', 'ada@example.com', '0b7e5a52-6d1c-4f0e-9a57-1f2d3c4b5a69.1']) {
      const { error, headers } = await app.get('/nothing', { 'x-request-id': id });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(headers.get('x-request-id')).not.toBe(id);
      expect(error.request_id).toBe(headers.get('x-request-id'));
    }
  });
});

describe('bodies', () => {
  const send = (body: string, type = 'application/json'): Promise<Answer> => app.request('POST', '/batch', body, { 'content-type': type });

  it.each([
    ['that ends too early', '{"ops":', 400, 'MALFORMED_REQUEST'],
    ['with a key twice', '{"ops":[],"ops":[]}', 400, 'MALFORMED_REQUEST'],
    ['with a key twice, once escaped', '{"a":1,"\\u0061":2}', 400, 'MALFORMED_REQUEST'],
    ['33 deep', `${'['.repeat(33)}${']'.repeat(33)}`, 400, 'MALFORMED_REQUEST'],
    ['500,000 deep', `${'['.repeat(500_000)}`, 400, 'MALFORMED_REQUEST'],
    ['that is empty', '', 422, 'VALIDATION_FAILED'],
    ['that is a list', '[]', 422, 'VALIDATION_FAILED'],
    ['with __proto__', '{"__proto__":{"ops":[]}}', 422, 'VALIDATION_FAILED'],
    ['with constructor', '{"constructor":1}', 422, 'VALIDATION_FAILED'],
    ['with too many values', `[${'0,'.repeat(60_000)}0]`, 413, 'PAYLOAD_TOO_LARGE'],
    ['past 5 MB', `"${'x'.repeat(5_000_001)}"`, 413, 'PAYLOAD_TOO_LARGE'],
  ])('a body %s', async (_what, body, status, code) => {
    const answer = await send(body);
    expect([answer.status, answer.error.code]).toEqual([status, code]);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/xml',
    'application/json; charset=latin1',
    'nonsense',
  ])('of the type %s are not understood', async (type) =>
    expect([(await send('{}', type)).status, (await send('{}', type)).error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']),
  );

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])('of the type %s are', async (type) =>
    expect((await send('\ufeff{"ops":[],"sequential":true}', type)).error.details).toMatchObject([{ field: 'ops', code: 'out_of_range' }]),
  );

  it('of another content encoding are not understood', async () => {
    const answer = await app.request('POST', '/batch', '{}', { 'content-encoding': 'gzip', 'content-type': 'application/json' });
    expect([answer.status, answer.error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('that are not UTF-8 are malformed', async () => {
    const answer = await fetch(`${app.url}/api/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.adminKey}`, 'x-entity-id': '1', 'content-type': 'application/json' },
      body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    });
    expect(answer.status).toBe(400);
  });

  it('of other routes end at 1 MB', async () => {
    await app.request('POST', '/locations', `"${'x'.repeat(1_000_001)}"`).expect(413);
  });

  it('that are far too large are refused in words that arrive, and not by a connection that breaks', async () => {
    for (let round = 0; round < 10; round++) await app.request('POST', '/locations', 'x'.repeat(8_000_000)).expect(413);
  });
});

describe('headers and parameters', () => {
  it.each(['x', '-1', '1.5', '18446744073709551616', ''])('the position %j is malformed', async (position) => {
    expect((await app.get('/entities', { 'x-min-position': position || ' ' }).expect(400)).error.code).toBe('MALFORMED_REQUEST');
    expect((await app.get(`/entities?min_position=${position}`, { 'x-min-position': undefined }).expect(400)).error.code).toBe(
      'MALFORMED_REQUEST',
    );
  });

  it('a position that nobody has written yet is waited for, then refused', async () => {
    const { error, headers } = await app.get('/entities?min_position=18446744073709551615', { 'x-min-position': undefined }).expect(503);
    expect(error.code).toBe('UNAVAILABLE');
    expect(headers.get('retry-after')).toMatch(/^\d+$/);
  });

  it('NUL in a parameter is refused by name', async () => {
    const { error } = await app.get('/entities?search=a%00b').expect(422);
    expect(error.details).toMatchObject([{ field: 'search', code: 'invalid_text' }]);
  });

  it('carries the headers that keep browsers from guessing, and tells nobody what it is made of', async () => {
    const { headers } = await app.get('/entities').expect(200);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d+$/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
  });
});

describe('success', () => {
  it('comes in the envelope, without a site where none was asked for', async () => {
    const { body } = await app.get('/entities', { 'x-entity-id': undefined }).expect(200);
    expect(body).toMatchObject({ status: 'success', success: true, meta: { entity: { id: null, name: null }, customer: { id: 1 } } });
    expect(Array.isArray(body.data)).toBe(true);
  });

  it('comes as results where that is asked for', async () => {
    const { body } = await app.get('/entities', { accept: 'application/json; envelope=results' }).expect(200);
    expect(body).toMatchObject({ success: true, results: expect.any(Array) as unknown, process_time: expect.any(Number) as unknown });
    expect(body).not.toHaveProperty('data');
  });
});

describe('a batch', () => {
  it('answers each operation with its own status, without an envelope', async () => {
    const ops = [
      { method: 'GET', url: '/api/v1/entities' },
      { method: 'GET', url: '/api/v1/nothing' },
      { method: 'PUT', url: '/api/v1/entities' },
    ];
    const { body } = await app.post('/batch', { ops, sequential: true }).expect(200);
    expect(Object.keys(body)).toEqual(['results']);
    expect(body.results.map(({ status }: { status: number }) => status)).toEqual([200, 404, 405]);
    expect(body.results[0].body.status).toBe('success');
  });

  it('names everything that is wrong with it', async () => {
    const ops = [
      { method: 'TRACE', url: 'http://elsewhere/' },
      { method: 'POST', url: '/api/v1/batch' },
      { method: 'GET', url: '/api/v1/parts', body: {} },
      7,
      { method: 'POST', url: '/api/v1/%62atch' },
      { method: 'POST', url: '/api/v1/./gr%61phql' },
      { method: 'GET', url: '/api/v1/../../metrics' },
    ];
    const { error } = await app.post('/batch', { ops, sequential: false, parallel: true }).expect(422);
    expect(error.details.map(({ field, code }: { field: string; code: string }) => `${field} ${code}`)).toEqual([
      'parallel unknown_field',
      'sequential not_true',
      'ops.0.method not_one_of',
      'ops.0.url invalid_url',
      'ops.1.url not_in_a_batch',
      'ops.2.body unknown_field',
      'ops.3 not_an_object',
      'ops.4.url not_in_a_batch',
      'ops.5.url not_in_a_batch',
      'ops.6.url invalid_url',
    ]);
  });

  it.each([0, 101])('of %d operations is refused', async (count) => {
    const ops = Array.from({ length: count }, () => ({ method: 'GET', url: '/api/v1/entities' }));
    expect((await app.post('/batch', { ops, sequential: true }).expect(422)).error.details).toMatchObject([
      { field: 'ops', code: 'out_of_range' },
    ]);
  });
});

describe('the documents', () => {
  const anonymous = { authorization: undefined, 'x-entity-id': undefined, 'x-min-position': undefined };

  it('describe every operation with its errors, to anybody', async () => {
    const { body } = await app.get('/openapi.json', anonymous).expect(200);
    expect(body.openapi).toBe('3.1.0');
    const codes = Object.values<{ content: { 'application/json': { examples?: object } } }>(body.components.responses).flatMap(
      ({ content }) => Object.keys(content['application/json'].examples ?? {}),
    );
    // A method that a path does not have is no operation, nor is a request that is not routed.
    const ofNoOperation = ['METHOD_NOT_ALLOWED', 'EXPECTATION_FAILED'];
    expect([...codes, ...ofNoOperation].sort()).toEqual(Object.keys(publishedErrors).sort());
    const ids = Object.values<Record<string, { operationId?: string }>>(body.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('know one way to bring a key, in which the key stands alone', async () => {
    const { body } = await app.get('/openapi.json', anonymous).expect(200);
    const schemes = Object.entries<object>(body.components.securitySchemes);
    expect(schemes).toEqual([['bearer', expect.objectContaining({ type: 'http', scheme: 'bearer' })]]);
    const wanted = Object.values<Record<string, { security: object[] }>>(body.paths).flatMap((path) =>
      Object.values(path).flatMap(({ security }) => security),
    );
    expect(new Set(wanted.map((security) => JSON.stringify(security)))).toEqual(new Set(['{"bearer":[]}']));
  });

  it('are shown by Swagger UI from this server alone', async () => {
    const { body, headers } = await app.request('GET', '/docs', undefined, anonymous).expect(200);
    expect(headers.get('content-type')).toContain('text/html');
    expect(body).not.toMatch(/https?:\/\//);
    for (const file of ['start.js', 'page.css', 'swagger-ui-bundle.js', 'swagger-ui.css'])
      await app.request('GET', `/docs/${file}`, undefined, anonymous).expect(200);
    await app.request('GET', '/docs/package.json', undefined, anonymous).expect(404);
  });
});

const ofBootstrap = { credential: { kind: 'bootstrap' } };

/** The line that the log of calls has of a request, as soon as it has one. */
async function writtenOf(requestId: string): Promise<object[]> {
  for (;;) {
    const { data } = await app.get(`/api_calls?request_id=${requestId}`).expect(200);
    if ((data as object[]).length > 0) return data as object[];
  }
}

function overTheSocket(text: string): Promise<string> {
  const { hostname, port } = new URL(app.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

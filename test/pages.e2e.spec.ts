import { readFileSync } from 'node:fs';
import type { Answer, Client } from './harness/client.js';
import { sharedServer, TestServer } from './harness/server.js';

const anonymous = { authorization: undefined, 'x-entity-id': undefined };
/** What a browser asks for when a person types the address. */
const inBrowser = { ...anonymous, accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const linksOf = ({ body }: Answer): string[] => [...String(body).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => link ?? '');

describe('the address of the server, opened in a browser', () => {
  let app: Client;
  beforeAll(async () => void (app = await sharedServer()));

  it('says what runs there, in which version, and how to get a key', async () => {
    const page = await app.request('GET', '/', undefined, inBrowser).expect(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const text of ['Millwright', version, 'ADMIN_API_KEY', 'Authorization: Bearer', 'X-Entity-Id']) expect(page.body).toContain(text);
  });

  it('leads to documents, playground and health, each of which is there, and to no other server', async () => {
    const links = linksOf(await app.request('GET', '/', undefined, inBrowser).expect(200));
    for (const path of ['/docs', '/graphiql', '/api/v1/openapi.json', '/api/v1/graphql/schema', '/health/ready', '/health/live'])
      expect(links).toContain(path);
    for (const link of links) {
      expect(link).toMatch(/^\/(?!\/)/);
      await app.request('GET', link, undefined, inBrowser).expect(200);
    }
  });

  it.each(['*/*', 'application/json', 'application/xhtml+xml', 'text/html;q=0', 'text/html; level=1; Q=0.0, */*', undefined])(
    'is as any path without an operation for a client that accepts %s',
    async (accept) => {
      const { error, headers } = await app.request('GET', '/', undefined, { ...anonymous, accept }).expect(404);
      expect(error.code).toBe('NOT_FOUND');
      expect(headers.get('vary')).toBe('Accept');
    },
  );

  it('has an icon, which the pages of the documents and the playground show as well', async () => {
    const { headers, body } = await app.request('GET', '/favicon.ico', undefined, anonymous).expect(200);
    expect(headers.get('content-type')).toBe('image/svg+xml');
    expect(body).toMatch(/^<svg /);
    for (const path of ['/', '/docs', '/graphiql']) {
      const icons = [
        ...String((await app.request('GET', path, undefined, inBrowser).expect(200)).body).matchAll(/<link rel="icon"[^>]*>/g),
      ];
      expect(icons.map(([icon]) => icon)).toEqual(['<link rel="icon" type="image/svg+xml" href="/favicon.ico" />']);
    }
  });
});

describe('the playground', () => {
  it.each(['en-US', 'de-DE', 'default'])('greets with what to do, in its texts of %s', async (language) => {
    const app = await sharedServer();
    const { body } = await app.request('GET', `/graphiql/assets/i18n/${language}.json`, undefined, anonymous).expect(200);
    expect(body).toMatchObject({ QUERY_RESULT_NO_RESULT_TEXT: 'Send the request, and its answer is shown here.' });
    expect(JSON.stringify(body)).not.toContain('Ezio');
    expect(Object.keys(body).length).toBeGreaterThan(20);
  });
});

describe('a server in production', () => {
  let app: TestServer;
  beforeAll(async () => void (app = await TestServer.start({ environment: { NODE_ENV: 'production', LOG_LEVEL: 'trace' } })));
  afterAll(() => app.stop());

  it('shows no link to a playground that it does not have', async () => {
    expect(linksOf(await app.request('GET', '/', undefined, inBrowser).expect(200))).not.toContain('/graphiql');
    await app.request('GET', '/graphiql', undefined, inBrowser).expect(404);
  });

  it('logs no key, known or not', async () => {
    await app.get('/entities').expect(200);
    await app.get('/entities', { authorization: 'Bearer a-key-nobody-knows-here' }).expect(401);
    await app.graphqlAnswer('{ __typename }', {}, { authorization: 'Bearer a-key-nobody-knows-here' }).expect(401);
    await app.kill('SIGTERM');
    const log = await app.log;
    expect(log).toContain('"status":401');
    expect(log).not.toContain('a-key-nobody-knows-here');
    expect(log).not.toContain(app.adminKey);
  });
});

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

describe('the pages by which people come in', () => {
  let app: Client;
  beforeAll(async () => void (app = await sharedServer()));
  const names = ['sign_in', 'setup', 'invitation', 'forgot_password', 'reset_password'];
  const page = (path: string, headers: Record<string, string> = {}) => app.request('GET', path, undefined, { ...inBrowser, ...headers });
  const all = (pattern: RegExp, text: string): string[] => [...text.matchAll(pattern)].map(([, found]) => found ?? '');

  it('are found from where a letter leads to', async () => {
    for (const path of ['/app', '/app/work_orders/36', '/app/work_order_requests/987654321']) {
      const found = await fetch(`${app.url}${path}`, { headers: { accept: inBrowser.accept } });
      expect([found.status, new URL(found.url).pathname]).toEqual([200, '/']);
      expect(await found.text()).toContain('<a href="/app/sign_in">');
    }
  });

  it.each(names)('show %s, with style and script of their own and nothing of it inline, and keep it nowhere', async (name) => {
    const { headers, body } = await page(`/app/${name}`).expect(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    const said = ['cache-control', 'referrer-policy', 'x-frame-options', 'cross-origin-opener-policy'].map((header) => headers.get(header));
    expect(said).toEqual(['no-store', 'no-referrer', 'DENY', 'same-origin']);
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:/i);
    expect(all(/<(?:script|link|img)[^>]* (?:src|href)="([^"]+)"/g, String(body)).filter((link) => !/^\/(?!\/)/.test(link))).toEqual([]);
    for (const link of linksOf({ body } as Answer)) await page(link.replaceAll('&amp;', '&')).expect(200);
  });

  it.each(names)(
    'ask on %s for what its operation takes, each field with a label, and say before what a password has to be',
    async (name) => {
      const text = String((await page(`/app/${name}`).expect(200)).body);
      const [operation = ''] = all(/data-operation="([^"]+)"/g, text);
      const { paths, components } = (await app.get('/openapi.json')).body;
      const { $ref } = paths[operation].post.requestBody.content['application/json'].schema;
      const { properties, required } = components.schemas[String($ref).replace(/^.*\//, '')] as { properties: object; required?: string[] };
      const asked = all(/ name="([^"]+)"(?! content)/g, text).filter((field) => field !== 'viewport');
      expect(Object.keys(properties)).toEqual(expect.arrayContaining(asked));
      const sent = [...asked, ...(text.includes('data-token') ? ['token'] : [])];
      expect(sent).toEqual(expect.arrayContaining(required ?? []));
      const labels = all(/<label for="([^"]+)"/g, text);
      expect(asked.filter((field) => field !== 'session')).toEqual(labels);
      for (const [input] of text.matchAll(/<input id="[^>]*>/g)) expect(input).toMatch(/ autocomplete="[a-z-]+"/);
      expect(text.includes('at least 12 characters') || text.includes('At least 12 characters')).toBe(true);
      expect(text.indexOf('id="password-hint"') > -1).toBe(text.includes('autocomplete="new-password"'));
    },
  );

  it('speak English and German: as the browser does, or as is asked', async () => {
    const language = async (path: string, accepted: string) =>
      all(/<html lang="([^"]+)"/g, String((await page(path, { 'accept-language': accepted }).expect(200)).body))[0];
    expect(await language('/app/sign_in', 'fr, de-AT;q=0.8, en;q=0.2')).toBe('de');
    expect(await language('/app/sign_in', 'en-GB, de;q=0.5')).toBe('en');
    expect(await language('/app/sign_in', 'fr, *;q=0.1')).toBe('en');
    expect(await language('/app/sign_in?lang=de', 'en')).toBe('de');
    expect(await language('/app/sign_in?lang=xx&lang=yy', 'de')).toBe('de');
    expect((await page('/app/setup').expect(200)).headers.get('vary')).toContain('Accept-Language');
  });

  it('are where links lead to', async () => {
    const email = `page-${Date.now()}@example.com`;
    const { id } = (await app.post('/users', { user: { name: 'Bo', email } }).expect(201)).data;
    for (const way of ['invite', 'reset_password']) {
      const { link } = (await app.post(`/users/${id}/${way}`).expect(201)).data;
      const { origin, pathname, hash } = new URL(link as string);
      expect([origin, hash.length]).toEqual([app.url, 44]);
      await page(pathname).expect(200);
    }
    expect((await fetch(`${app.url}/app`, { redirect: 'manual' })).headers.get('location')).toBe('/');
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

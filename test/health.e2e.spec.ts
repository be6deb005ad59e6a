import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

describe('health', () => {
  let app: Client;
  beforeAll(async () => void (app = await sharedServer()));

  const anonymous = { authorization: undefined, 'x-entity-id': undefined, 'x-min-position': undefined };

  it('is alive without a key and without a site', async () => {
    const { body } = await app.request('GET', '/health/live', undefined, anonymous).expect(200);
    expect(body).toEqual({ status: 'ok' });
  });

  it('is ready, and tells no more to whoever does not look after the installation', async () => {
    const scopes = ['audit:read', 'settings:manage', 'access:manage'];
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const { key } = (await app.post('/access/api_keys', { name: 'Watch', scopes, entity_ids: 'all', expires_at }).expect(201)).data;
    for (const authorization of [undefined, 'Basic YTpi', 'Bearer nothing-that-is-known', `Bearer ${key}`])
      expect((await app.request('GET', '/health/ready', undefined, { ...anonymous, authorization }).expect(200)).body).toEqual({
        status: 'ok',
      });
    expect((await app.request('GET', '/metrics', undefined, { ...anonymous, authorization: `Bearer ${key}` })).status).toBe(403);
    expect((await app.request('GET', '/metrics', undefined, anonymous)).status).toBe(401);
  });

  it('says where the log stands to whoever does', async () => {
    const { authorization: _, ...headers } = anonymous;
    const { body } = await app.request('GET', '/health/ready', undefined, headers).expect(200);
    expect(body).toMatchObject({ status: 'ok', reasons: [], log: { position: expect.stringMatching(/^\d+$/) as unknown } });
  });

  it('shows its metrics to Prometheus, which has a key but no site', async () => {
    const { body, headers } = await app.request('GET', '/metrics', undefined, { 'x-entity-id': undefined }).expect(200);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body).toContain('millwright_http_request_duration_seconds_bucket');
  });
});

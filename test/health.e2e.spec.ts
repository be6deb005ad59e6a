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

  it('is ready, and says where the log stands', async () => {
    const { body } = await app.request('GET', '/health/ready', undefined, anonymous).expect(200);
    expect(body).toMatchObject({ status: 'ok', reasons: [], log: { position: expect.stringMatching(/^\d+$/) as unknown } });
  });

  it('shows its metrics to Prometheus, which has a key but no site', async () => {
    const { body, headers } = await app.request('GET', '/metrics', undefined, { 'x-entity-id': undefined }).expect(200);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body).toContain('millwright_http_request_duration_seconds_bucket');
  });
});

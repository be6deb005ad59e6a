import pg from 'pg';
import type { Answer } from './harness/client.js';
import { TestServer } from './harness/server.js';

const anyPosition = { 'x-min-position': '0' };

describe('a resource whose read model is not shown', () => {
  it('is 503 and says how far it is, over REST and GraphQL, until it is back; the others answer', async () => {
    const server = await TestServer.start({ log: 'postgres' });
    const owner = new pg.Client({ connectionString: server.ownerUrl });
    await owner.connect();
    const locations = async (until: number): Promise<Answer> => {
      for (;;) {
        const answer = await server.get('/locations', anyPosition);
        if (answer.status === until) return answer;
      }
    };
    try {
      await server.post('/locations', { location: { name: 'Shown' } }).expect(201);
      await server.get('/locations').expect(200);
      await owner.query('REVOKE INSERT ON read_locations_v1.locations FROM millwright_app');
      const { headers } = await server.post('/locations', { location: { name: 'Late' } }).expect(201);
      const refused = await locations(503);
      const last = BigInt(headers.get('x-position') ?? 0);
      const progress = { read_model: 'locations', position: String(last - 1n), log_position: String(last) };
      expect(refused.error).toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining(`at position ${last - 1n} of ${last}`),
        progress,
      });
      expect(refused.headers.get('retry-after')).toBe('1');
      const { body } = await server.graphqlAnswer('{ locations { totalCount } }', {}, anyPosition);
      expect(body.errors[0].extensions).toMatchObject({ code: 'UNAVAILABLE', progress });
      await server.get('/assets', anyPosition).expect(200);
      await owner.query('GRANT INSERT ON read_locations_v1.locations TO millwright_app');
      expect((await locations(200)).meta).toMatchObject({ pagination: { total: 2 } });
    } finally {
      await owner.end();
      await server.stop();
    }
  });
});

import { Agent } from 'undici';
import { PermissionMatrix } from '../tools/prove/permission-matrix.js';
import { TestServer } from './harness/server.js';

let app: TestServer;
beforeAll(async () => {
  app = await TestServer.start();
});
afterAll(() => app.stop());

/** The short form of `npm run prove:permissions`: the same, on the database of the tests. */
describe('who may do what', () => {
  it('is what the documents say, in every cell of scope, operation and role', async () => {
    const agent = new Agent({ connections: 16 });
    const matrix = await PermissionMatrix.of({ url: app.url, key: app.adminKey, agent });
    const { claims, figures } = await matrix.findings();
    await agent.close();
    expect(claims.filter(({ held }) => !held).map(({ claim, figure }) => `${claim}: ${figure}`)).toEqual([]);
    expect(Number(figures['refused cells'])).toBeGreaterThan(2_000);
    expect(Number(figures['allowed cells'])).toBeGreaterThan(2_000);
  });
});

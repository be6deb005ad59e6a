import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exhaustWriteAheadLog } from '../tools/prove/database-access.js';
import { SmallDisk } from '../tools/prove/small-disk.js';
import type { Answer } from './harness/client.js';
import { TestServer } from './harness/server.js';

/** R11, its short form for the disk of the embedded database. `npm run prove:outage` has the long one. */
const disk = await SmallDisk.mount(300, (reason) =>
  console.warn(`THE FULL DISK WAS NOT TESTED: no file system can be mounted here (${reason})`),
);
const withDisk = disk ? describe : describe.skip;

withDisk('a server whose disk is full', () => {
  let app: TestServer;

  beforeAll(async () => {
    app = await TestServer.start({ dataDirectory: join(disk?.path ?? '', 'data') });
  });

  afterAll(async () => {
    disk?.free();
    await app.stop();
    await disk?.unmount();
  });

  const write = (): Promise<Answer> => app.post('/locations', { location: { name: 'Hall' } });
  const ready = (): Promise<Answer> => app.request('GET', '/health/ready');

  async function until(what: () => Promise<Answer>, status: number): Promise<Answer> {
    for (;;) {
      const answer = await what();
      if (answer.status === status) return answer;
      await delay(20);
    }
  }

  it.each([
    ['', async () => undefined],
    [' and PostgreSQL has died of it', () => exhaustWriteAheadLog(join(disk?.path ?? '', 'data'))],
  ])('refuses writes for now%s, goes on reading, and writes again when there is room', async (_case, breakIt) => {
    const { data } = await write();
    const { id } = data as { id: number };
    disk?.fill();
    await breakIt();

    const refused = await until(write, 503);
    expect(refused.error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await until(() => app.get(`/locations/${id}`), 200);
    await app.request('GET', '/health/live').expect(200);
    const { body } = await until(ready, 200);
    expect(body).toMatchObject({ status: 'degraded', reasons: [expect.stringContaining('writes are refused')] });
    expect((await write()).status).toBe(503);

    disk?.free();
    await until(write, 201);
    expect((await until(ready, 200)).body).toMatchObject({ status: 'ok' });
    await app.get(`/locations/${id}`).expect(200);
  });
});

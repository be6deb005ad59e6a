import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { DataSource } from 'typeorm';
import { createDatabase, type TestDatabase } from '../../test/harness/database.js';
import { FaultyProxy } from '../../tools/faulty-proxy.js';
import { connected, readOptions } from './data-source.js';
import { firstConnection } from './first-connection.js';

describe('the first connection to a database', () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await createDatabase()));
  afterAll(() => database.drop());

  const target = (): { host: string; port: number } => {
    const { hostname: host, port } = new URL(database.url);
    return { host, port: Number(port) };
  };
  const through = (port: number): string => Object.assign(new URL(database.url), { port: String(port) }).href;

  it('is waited for at a server that takes long over each answer', async () => {
    const proxy = await FaultyProxy.start(target());
    try {
      // Three questions and answers come before it lets anybody in: more than 10 s.
      proxy.delay(2_000);
      const client = await firstConnection(through(proxy.port), 'DATABASE_URL');
      proxy.pass();
      await client.end();
    } finally {
      await proxy.close();
    }
  });

  it('is tried again where one of a pool does not come in time', async () => {
    let taken = 0;
    const slowAtFirst: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      taken += 1;
      if (taken === 1) return; // says nothing
      const server = connect(target()).on('error', () => socket.destroy());
      socket.pipe(server).pipe(socket);
    });
    await new Promise<void>((resolve) => slowAtFirst.listen(0, '127.0.0.1', resolve));
    const url = through((slowAtFirst.address() as AddressInfo).port);
    const source = new DataSource(readOptions(url, { onPoolError: () => undefined, onStatement: () => undefined }));
    try {
      await connected(source);
      expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(taken).toBeGreaterThan(1);
    } finally {
      await source.destroy();
      slowAtFirst.close();
    }
  });
});

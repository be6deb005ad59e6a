import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';
import { EventStoreDbServerProcess } from '../eventstoredb-server/server-process.js';
import { createDatabase } from './database.js';
import { TestServer, type TestLog } from './server.js';

/*
 * What one Jest run shares, in a process of its own: the database server, and, once a test asks for them, the application's server (one on each
 * kind of log), a wire-level event store, unless EVENTSTORE_URL names a server, and a database that others are copied from.
 * It prints how to reach both, and ends, with its folder, when its parent closes the pipe, which also happens when the parent is killed.
 */
const directory = await mkdtemp(join(tmpdir(), 'millwright-test-'));
await chmod(directory, 0o711); // root's server runs as another user, who must get in
// Two spec files may have three servers each, beside those that are shared.
const database = await EmbeddedPostgres.start({ directory, settings: { max_connections: '300' } });
const urls = JSON.stringify({ superuser: database.urlFor('superuser'), owner: database.urlFor('owner'), app: database.urlFor('app') });
process.env['MILLWRIGHT_TEST_DATABASE'] = urls;

const servers = new Map<TestLog, Promise<TestServer>>();
let eventStore: Promise<EventStoreDbServerProcess> | undefined;
let template: Promise<string> | undefined;

const control = createServer((request, response) => {
  response.setHeader('connection', 'close'); // a kept connection may just be closing when the next test file wants it
  answer(request.url ?? '').then(
    (facts) => response.end(JSON.stringify(facts)),
    (error: unknown) => response.end(JSON.stringify({ error: String(error) })),
  );
});

async function answer(path: string): Promise<Readonly<{ url: string; adminKey?: string }>> {
  if (path === '/eventstore') {
    const named = process.env['EVENTSTORE_URL'];
    if (named) return { url: named };
    eventStore ??= new EventStoreDbServerProcess({ file: join(directory, 'eventstoredb.jsonl') }).start();
    return { url: (await eventStore).url };
  }
  if (path === '/template') return { url: await (template ??= migratedDatabase()) };
  const log: TestLog = path === '/server/eventstoredb' ? 'eventstoredb' : 'postgres';
  const server = servers.get(log) ?? startReady(log);
  servers.set(log, server);
  const { url, adminKey } = await server;
  return { url, adminKey };
}

/** A process of its own makes it and ends: nothing can be copied from a database that somebody is connected to. */
async function migratedDatabase(): Promise<string> {
  const { ownerUrl, url } = await createDatabase();
  await promisify(execFile)(process.execPath, ['test/harness/migrate.mjs', ownerUrl, url]);
  return url;
}

/** In a log that others have written into it first has to read past their events, and the tests read all its read models. */
async function startReady(log: TestLog): Promise<TestServer> {
  const server = await TestServer.start({ log });
  while ((await server.request('GET', '/health/ready')).status !== 200) await delay(50);
  return server;
}

await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
process.env['MILLWRIGHT_TEST_CONTROL'] = `http://127.0.0.1:${(control.address() as AddressInfo).port}`;
process.stdout.write(`${JSON.stringify({ database: urls, control: process.env['MILLWRIGHT_TEST_CONTROL'] })}\n`);

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  const running = await Promise.all([...servers.values()].map((server) => server.catch(() => undefined)));
  await Promise.all(running.map(async (server) => server?.kill('SIGTERM')));
  await (await eventStore?.catch(() => undefined))?.kill('SIGTERM');
  await database.stop();
  await rm(directory, { recursive: true, force: true });
  process.exit(0);
}
process.stdin
  .resume()
  .once('end', () => void end())
  .once('error', () => void end());
// Ctrl-C reaches the whole process group; Jest still tears down after it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void end());

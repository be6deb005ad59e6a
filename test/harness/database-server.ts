import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';
import { TestServer } from './server.js';

/*
 * What one Jest run shares, in a process of its own: the database server, and the application's server once a test asks for it.
 * It prints how to reach both, and ends, with its folder, when its parent closes the pipe, which also happens when the parent is killed.
 */
const directory = await mkdtemp(join(tmpdir(), 'millwright-test-'));
await chmod(directory, 0o711); // root's server runs as another user, who must get in
const database = await EmbeddedPostgres.start({ directory });
const urls = JSON.stringify({ superuser: database.urlFor('superuser'), owner: database.urlFor('owner'), app: database.urlFor('app') });
process.env['MILLWRIGHT_TEST_DATABASE'] = urls;

let shared: Promise<TestServer> | undefined;
const control = createServer((_request, response) => {
  shared ??= TestServer.start();
  shared.then(
    ({ url, adminKey }) => response.end(JSON.stringify({ url, adminKey })),
    (error: unknown) => response.end(JSON.stringify({ error: String(error) })),
  );
});
await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
process.stdout.write(`${JSON.stringify({ database: urls, control: `http://127.0.0.1:${(control.address() as AddressInfo).port}` })}\n`);

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  const server = await shared?.catch(() => undefined);
  await server?.kill('SIGTERM');
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

import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';

/**
 * The database server of one Jest run, a process of its own: it prints how to reach it, and ends with its folder when its parent closes the pipe,
 * which also happens when the parent is killed.
 */
const directory = await mkdtemp(join(tmpdir(), 'millwright-test-'));
const { chmod } = await import('node:fs/promises');
await chmod(directory, 0o711); // root's server runs as another user, who must get in
const server = await EmbeddedPostgres.start({ directory });
process.stdout.write(
  `${JSON.stringify({ superuser: server.urlFor('superuser'), owner: server.urlFor('owner'), app: server.urlFor('app') })}\n`,
);

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  await server.stop();
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

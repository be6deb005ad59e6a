import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

/**
 * The database of an embedded server, past the product: proofs compare what the product says with what the log holds.
 * The port and the password come from the server's own folder.
 */
export async function databaseUrlOf(dataDir: string, role: 'app' | 'owner' | 'superuser'): Promise<string> {
  const passwords = JSON.parse(await readFile(join(dataDir, 'postgres-passwords.json'), 'utf8')) as Record<typeof role, string>;
  const [, , , port] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  const user = role === 'superuser' ? 'postgres' : `millwright_${role}`;
  return `postgres://${user}:${passwords[role]}@127.0.0.1:${port}/millwright`;
}

export async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // a killed server is what proofs are about; the query itself reports it
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** More than a full disk has room for. */
const mostSegments = 20;

/** Uses up the write-ahead log until the server dies of a full disk, which is what PostgreSQL does when that log cannot grow. */
export async function exhaustWriteAheadLog(dataDir: string): Promise<void> {
  const url = await databaseUrlOf(dataDir, 'superuser');
  const exhausted = withDatabase(url, async (client) => {
    for (let segment = 0; segment < mostSegments; segment += 1) {
      await client.query(`SELECT pg_logical_emit_message(true, 'proof', repeat('x', 1000))`);
      await client.query('SELECT pg_switch_wal()');
    }
    return true;
  });
  if (await exhausted.catch(() => false)) throw new Error('the write-ahead log found room for everything');
}

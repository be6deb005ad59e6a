import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';
import { ServerProcess } from '../server-process.js';

/** Several processes of the application on one log and one database. */
export type SeveralProcesses = Readonly<{
  servers: readonly ServerProcess[];
  adminKey: string;
  /** The database as a superuser, past the product. */
  databaseUrl: string;
}>;

/** Others may be busy on the machine, and the processes start beside each other, in milliseconds. */
const startDeadline = 300_000;

/** For the length of a proof; when it cannot be finished, what the processes said last is part of the error. */
export async function withSeveralProcesses<T>(count: number, work: (installation: SeveralProcesses) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-several-processes-'));
  const servers: ServerProcess[] = [];
  let database: EmbeddedPostgres | undefined;
  try {
    await chmod(folder, 0o711); // root's database server runs as another user, who must get through
    database = await EmbeddedPostgres.start({ directory: join(folder, 'data') });
    const adminKey = randomBytes(24).toString('hex');
    const environment = {
      ADMIN_API_KEY: adminKey,
      DATABASE_URL: database.urlFor('app'),
      MIGRATIONS_DATABASE_URL: database.urlFor('owner'),
    };
    for (let number = 0; number < count; number++) servers.push(await ServerProcess.create({ environment, startDeadline }));
    await Promise.all(servers.map((server) => server.start()));
    return await work({ servers, adminKey, databaseUrl: database.urlFor('superuser') });
  } catch (error) {
    const said = servers.map((server) => server.lastOutput()).join('\n');
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nThe servers said last:\n${said}`, { cause: error });
  } finally {
    await Promise.all(servers.map((server) => server.dispose()));
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

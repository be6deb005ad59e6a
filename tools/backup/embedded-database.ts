import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Configuration } from '../../src/config.js';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';
import { databaseUrlOf } from '../prove/database-access.js';
import { CannotDo } from './refusals.js';

/** The embedded database of a data folder, for as long as a tool needs it. `close` leaves a server that was running as it was. */
export type OpenDatabase = Readonly<{ ownerUrl: string; appUrl: string; wasRunning: boolean; close: () => Promise<void> }>;

/** These tools are for the embedded default, whose package has no pg_dump. @throws CannotDo naming what there is instead */
export function assertEmbedded({ databaseUrl, eventStoreUrl }: Configuration, verb: 'back up' | 'restore'): void {
  const [dump, nodes] = verb === 'back up' ? ['pg_dump', 'its own backup'] : ['pg_restore', 'a backup of its own'];
  const database = `the schemas log and app of your database with ${dump} (read models are made again)`;
  if (eventStoreUrl !== undefined)
    throw new CannotDo(
      `The event log lies in EventStoreDB: ${verb} it with ${nodes}, and ${databaseUrl === undefined ? 'keep DATA_DIR beside it' : database}.`,
    );
  if (databaseUrl !== undefined) throw new CannotDo(`The database is your own (DATABASE_URL): ${verb} ${database}.`);
}

export const hasDatabase = ({ dataDirectory }: Configuration): boolean => existsSync(join(dataDirectory, 'postgres', 'PG_VERSION'));

/** Connects to the server that runs on DATA_DIR, or starts one there. @throws EmbeddedPostgresError with the reason for a person */
export async function openEmbedded({ dataDirectory }: Configuration): Promise<OpenDatabase> {
  const running = await runningUrls(dataDirectory);
  if (running) return { ...running, wasRunning: true, close: () => Promise.resolve() };
  const server = await EmbeddedPostgres.start({ directory: dataDirectory });
  return { ownerUrl: server.urlFor('owner'), appUrl: server.urlFor('app'), wasRunning: false, close: () => server.stop() };
}

async function runningUrls(dataDirectory: string): Promise<{ ownerUrl: string; appUrl: string } | undefined> {
  try {
    const [ownerUrl, appUrl] = await Promise.all([databaseUrlOf(dataDirectory, 'owner'), databaseUrlOf(dataDirectory, 'app')]);
    const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined); // the connection is only a question
    await client.connect();
    await client.end();
    return { ownerUrl, appUrl };
  } catch {
    return undefined;
  }
}

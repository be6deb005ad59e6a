import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Configuration } from '../../src/config.js';
import { EmbeddedPostgres, FolderInUse } from '../../src/embedded-postgres/index.js';
import { databaseUrlOf } from '../prove/database-access.js';
import { CannotDo } from './refusals.js';

/** The embedded database of a data folder, for as long as a tool needs it. `close` leaves a server that was running as it was. */
export type OpenDatabase = Readonly<{ ownerUrl: string; appUrl: string; close: () => Promise<void> }>;

/** An application that holds the folder is starting, or stopping, until its server takes connections or is gone: in milliseconds. */
const patience = 60_000;

/** These tools are for the embedded default, whose package has no pg_dump. @throws CannotDo naming what there is instead */
export function assertEmbedded({ databaseUrl, eventStoreUrl }: Configuration, verb: 'back up' | 'restore'): void {
  const [dump, nodes] =
    verb === 'back up' ? ['pg_dump', 'back it up with its own backup'] : ['pg_restore', 'restore it from its own backup'];
  const database = `${verb} the schemas log and app of your database with ${dump} (read models are made again)`;
  if (eventStoreUrl !== undefined)
    throw new CannotDo(
      `The event log lies in EventStoreDB: ${nodes}, and ${databaseUrl === undefined ? 'keep DATA_DIR beside it' : database}.`,
    );
  if (databaseUrl !== undefined) throw new CannotDo(`The database is your own (DATABASE_URL): ${database}.`);
}

/** The same for a database that says so itself, where EVENTSTORE_URL was forgotten: what is in it is not the half of it. @throws CannotDo */
export async function assertLogIsHere(client: pg.Client): Promise<void> {
  const { rows: tables } = await client.query<{ is_there: boolean }>(`select to_regclass('app.log_home') is not null as is_there`);
  if (tables[0]?.is_there !== true) return;
  const elsewhere = await client.query(`select from app.log_home where place <> 'postgresql'`);
  if (elsewhere.rowCount !== 0)
    throw new CannotDo(
      'The event log of this database lies in EventStoreDB: use its own backup for the log, and keep DATA_DIR beside it. Nothing was changed.',
    );
}

export const hasDatabase = ({ dataDirectory }: Configuration): boolean => existsSync(join(dataDirectory, 'postgres', 'PG_VERSION'));

/** Connects to the server that runs on DATA_DIR, or starts one there. @throws EmbeddedPostgresError with the reason for a person */
export async function openEmbedded(configuration: Configuration): Promise<OpenDatabase> {
  for (const giveUpAt = performance.now() + patience; ;) {
    const running = await runningUrls(configuration.dataDirectory);
    if (running) return { ...running, close: () => Promise.resolve() };
    try {
      return await startEmbedded(configuration);
    } catch (error) {
      if (!(error instanceof FolderInUse) || performance.now() > giveUpAt) throw error;
      await delay(200);
    }
  }
}

/** Starts the server of DATA_DIR, where no application runs. @throws EmbeddedPostgresError with the reason for a person */
export async function startEmbedded({ dataDirectory }: Configuration): Promise<OpenDatabase> {
  const server = await EmbeddedPostgres.start({ directory: dataDirectory });
  return { ownerUrl: server.urlFor('owner'), appUrl: server.urlFor('app'), close: () => server.stop() };
}

/** A session of a tool; one that breaks says so at its next query. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'millwright backup', connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function runningUrls(dataDirectory: string): Promise<{ ownerUrl: string; appUrl: string } | undefined> {
  try {
    const [ownerUrl, appUrl] = await Promise.all([databaseUrlOf(dataDirectory, 'owner'), databaseUrlOf(dataDirectory, 'app')]);
    await (await connect(ownerUrl)).end();
    return { ownerUrl, appUrl };
  } catch {
    return undefined; // files that are not there yet, or a server that is not any more
  }
}

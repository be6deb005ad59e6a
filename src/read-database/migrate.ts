import { ensureSequences } from '#millwright/event-sourcing';
import pg from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { CannotStart } from '../start/cannot-start.js';
import { dataSourceOptions } from './data-source.js';
import { migrations } from './migrations.js';
import { sequences } from './sequences.js';
import { keepTextOrder } from './text-order.js';

/** Whether any other process may run migrations at this moment is decided by this advisory lock (an arbitrary number, the same for ever). */
export const migrationLock = 7_305_813_942;
const lockTimeoutMilliseconds = 60_000;
const lockNotAvailable = '55P03';

/** The database was made by a newer version of this program. */
export class DatabaseIsNewer extends CannotStart {
  constructor(unknown: readonly string[]) {
    super(
      `The database was made by a newer Millwright: this version does not know its migration ${unknown.join(', ')}. Nothing was changed. Start the newer version.`,
    );
  }
}

/** Somebody else makes migrations or copies the log, and does not come to an end. */
export class DatabaseIsBusy extends CannotStart {
  constructor() {
    super(
      `Another process migrates this database or copies its log (npm run log:copy), and was not done within ${lockTimeoutMilliseconds / 1_000} s.`,
    );
  }
}

export type MigrateOptions = Readonly<{
  ownerUrl: string;
  appUrl: string;
  /** Only these migrations: the shape that the database of an earlier release had. Left out: all. */
  only?: readonly string[];
}>;

/**
 * Brings the database up to this version, as its owner, and lets the application's role in. Several processes may start at once: one does it, the others wait.
 * @returns a sentence for whoever runs the program, where the server lacks something that it can do without
 * @throws DatabaseIsNewer, DatabaseIsBusy
 */
export async function migrate({ only, ...options }: MigrateOptions): Promise<string | undefined> {
  const dataSource = new DataSource({
    ...dataSourceOptions(options.ownerUrl, { connections: 2 }),
    schema: 'app',
    migrationsTableName: 'migrations',
    migrations: migrations.filter((Migration) => only?.includes(nameOf(Migration)) ?? true),
    migrationsTransactionMode: 'each',
  });
  await dataSource.initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query(`SET lock_timeout = ${lockTimeoutMilliseconds}`);
    await takeLock(lock);
    const appRole = decodeURIComponent(new URL(options.appUrl).username);
    const grantee = (await isAnotherRole(lock, appRole)) ? quoted(appRole) : undefined;
    await lock.query('CREATE SCHEMA IF NOT EXISTS app');
    await assertNotNewer(lock);
    if (grantee !== undefined) await letInBefore(lock, grantee);
    await dataSource.runMigrations();
    // An earlier release knew no order of text.
    const note = only ? undefined : await keepTextOrder(lock);
    await makeSequences(options.ownerUrl);
    if (grantee !== undefined) await letInAfter(lock, grantee);
    return note;
  } finally {
    await lock.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await lock.release().catch(() => undefined);
    await dataSource.destroy();
  }
}

async function takeLock(runner: QueryRunner): Promise<void> {
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
  } catch (error) {
    throw (error as { code?: unknown }).code === lockNotAvailable ? new DatabaseIsBusy() : error;
  }
}

async function makeSequences(ownerUrl: string): Promise<void> {
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 1 });
  owner.on('error', () => undefined); // a connection that breaks while idle is reported by the next query
  try {
    const names = sequences.map(({ name }) => name);
    await ensureSequences(owner, names);
  } finally {
    await owner.end();
  }
}

async function assertNotNewer(runner: QueryRunner): Promise<void> {
  if (!(await runner.hasTable('app.migrations'))) return;
  const executed = (await runner.query('SELECT name FROM app.migrations ORDER BY id')) as { name: string }[];
  const unknown = unknownMigrations(executed.map(({ name }) => name));
  if (unknown.length > 0) throw new DatabaseIsNewer(unknown);
}

const nameOf = (Migration: (typeof migrations)[number]): string => new Migration().name ?? '';

/** Those that this version does not have. */
export function unknownMigrations(names: readonly string[]): readonly string[] {
  const known = new Set(migrations.map(nameOf));
  return names.filter((name) => !known.has(name));
}

async function isAnotherRole(runner: QueryRunner, appRole: string): Promise<boolean> {
  const [row] = (await runner.query('SELECT current_user AS name')) as { name: string }[];
  return appRole !== '' && row?.name !== appRole;
}

/** What the owner makes from now on, the disposable schemas of read models included, the application may use. */
async function letInBefore(runner: QueryRunner, grantee: string): Promise<void> {
  await runner.query(`
    ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO ${grantee};
    ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO ${grantee};
    ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO ${grantee}`);
}

/** Events are read, and only ever added through the functions of schema `log`: a row that went past its counter would break the order. */
async function letInAfter(runner: QueryRunner, grantee: string): Promise<void> {
  await runner.query(`
    GRANT USAGE ON SCHEMA app, log TO ${grantee};
    REVOKE ALL ON ALL TABLES IN SCHEMA log FROM ${grantee};
    GRANT SELECT ON ALL TABLES IN SCHEMA log TO ${grantee};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA log TO ${grantee};
    REVOKE ALL ON app.migrations FROM ${grantee};
    GRANT SELECT ON app.migrations TO ${grantee}`);
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

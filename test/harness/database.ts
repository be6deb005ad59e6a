import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export type TestDatabase = Readonly<{
  /** As `millwright_app`: neither owner nor superuser. What the application uses. */
  url: string;
  /** As `millwright_owner`: migrations and DDL. */
  ownerUrl: string;
  superuserUrl: string;
  drop(): Promise<void>;
}>;

/**
 * A new database on the run's server (started by `start-database.ts`): empty, or with all that the template has. One a spec file is enough; drop it in
 * `afterAll`.
 */
export async function createDatabase(template = 'template1'): Promise<TestDatabase> {
  const server = process.env['MILLWRIGHT_TEST_DATABASE'];
  if (server === undefined) throw new Error('the test database does not run: start specs through Jest');
  const urls = JSON.parse(server) as { superuser: string; owner: string; app: string };
  const name = `test_${randomBytes(6).toString('hex')}`;
  const inDatabase = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  await asSuperuser(urls.superuser, (client) => client.query(`CREATE DATABASE ${name} OWNER millwright_owner TEMPLATE ${template}`));
  return {
    url: inDatabase(urls.app),
    ownerUrl: inDatabase(urls.owner),
    superuserUrl: inDatabase(urls.superuser),
    drop: () => asSuperuser(urls.superuser, (client) => dropped(client, name)),
  };
}

/** How often the connections that are left are looked at, ten milliseconds apart. */
const mostLooks = 100;

/** A pool says that it has ended while its connections are still being closed: one that is cut off then fails, where nobody listens any more. */
async function dropped(client: pg.Client, name: string): Promise<void> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name]);
    if (rowCount === 0) break;
    await pause(10);
  }
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

async function asSuperuser(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

import { CannotStart } from '../start/cannot-start.js';
import { firstConnection } from './first-connection.js';
import type { Setting } from './unreachable.js';

/** The database server is not one that Millwright can promise anything on; the message says what to change. */
export class UnsuitableDatabase extends CannotStart {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

const oldestVersion = 150_000;

type Facts = Readonly<
  { version: number; superuser: boolean; bypasses: boolean; encoding: string; read_only: boolean } & Record<
    (typeof durabilitySettings)[number],
    string
  >
>;
const durabilitySettings = ['fsync', 'synchronous_commit', 'full_page_writes'] as const;

const factsQuery = `
  SELECT current_setting('server_version_num')::int AS version,
         rolsuper AS superuser, rolbypassrls AS bypasses,
         current_setting('server_encoding') AS encoding,
         current_setting('transaction_read_only') = 'on' AS read_only,
         ${durabilitySettings.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}
  FROM pg_roles WHERE rolname = current_user`;

/**
 * Asks the server, as the role the application will use, before anything is written to it.
 * @throws UnsuitableDatabase with every reason at once; CannotStart when it cannot be connected to
 */
export async function assertSuitable(url: string, setting: Setting = 'DATABASE_URL'): Promise<void> {
  const client = await firstConnection(url, setting);
  try {
    const { rows } = await client.query<Facts>(factsQuery);
    const problems = rows[0] ? problemsOf(rows[0]) : [];
    if (problems.length > 0) throw new UnsuitableDatabase(problems);
  } finally {
    await client.end();
  }
}

/**
 * Whether the owner of the tables is let in as well, before anything is done.
 * @throws CannotStart
 */
export async function assertOwnerIsLetIn(url: string): Promise<void> {
  await (await firstConnection(url, 'MIGRATIONS_DATABASE_URL')).end();
}

function problemsOf(facts: Facts): string[] {
  const problems: string[] = [];
  if (facts.version < oldestVersion)
    problems.push(`PostgreSQL ${Math.trunc(facts.version / 10_000)} is too old; Millwright needs 15 or later.`);
  if (facts.superuser)
    problems.push('The role of DATABASE_URL is a superuser, and row-level security does not bind superusers. Use an ordinary role.');
  else if (facts.bypasses) problems.push('The role of DATABASE_URL has BYPASSRLS. Use an ordinary role.');
  if (facts.read_only) problems.push('The database of DATABASE_URL takes reads only, as a standby does. Name its primary.');
  if (facts.encoding !== 'UTF8') problems.push(`The database is encoded in ${facts.encoding}; create it with ENCODING 'UTF8'.`);
  for (const name of durabilitySettings)
    if (facts[name] === 'off') problems.push(`The server runs with ${name} = off and can lose what it has acknowledged. Switch it on.`);
  return problems;
}

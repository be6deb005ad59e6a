import pg from 'pg';

/** The database server is not one that Millwright can promise anything on; the message says what to change. */
export class UnsuitableDatabase extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'UnsuitableDatabase';
  }
}

const oldestVersion = 150_000;

type Facts = Readonly<
  { version: number; superuser: boolean; bypasses: boolean; encoding: string } & Record<(typeof durabilitySettings)[number], string>
>;
const durabilitySettings = ['fsync', 'synchronous_commit', 'full_page_writes'] as const;

const factsQuery = `
  SELECT current_setting('server_version_num')::int AS version,
         rolsuper AS superuser, rolbypassrls AS bypasses,
         current_setting('server_encoding') AS encoding,
         ${durabilitySettings.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}
  FROM pg_roles WHERE rolname = current_user`;

/**
 * Asks the server, as the role the application will use, before anything is written to it.
 * @throws UnsuitableDatabase with every reason at once
 */
export async function assertSuitable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined); // a connection that breaks while idle is reported by the next query
  await client.connect();
  try {
    const { rows } = await client.query<Facts>(factsQuery);
    const problems = rows[0] ? problemsOf(rows[0]) : [];
    if (problems.length > 0) throw new UnsuitableDatabase(problems);
  } finally {
    await client.end();
  }
}

function problemsOf(facts: Facts): string[] {
  const problems: string[] = [];
  if (facts.version < oldestVersion)
    problems.push(`PostgreSQL ${Math.trunc(facts.version / 10_000)} is too old; Millwright needs 15 or later.`);
  if (facts.superuser)
    problems.push('The role of DATABASE_URL is a superuser, and row-level security does not bind superusers. Use an ordinary role.');
  else if (facts.bypasses) problems.push('The role of DATABASE_URL has BYPASSRLS. Use an ordinary role.');
  if (facts.encoding !== 'UTF8') problems.push(`The database is encoded in ${facts.encoding}; create it with ENCODING 'UTF8'.`);
  for (const name of durabilitySettings)
    if (facts[name] === 'off') problems.push(`The server runs with ${name} = off and can lose what it has acknowledged. Switch it on.`);
  return problems;
}

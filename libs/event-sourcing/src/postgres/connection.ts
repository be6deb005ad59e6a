import { Pool, type ClientConfig } from 'pg';

/** Milliseconds after which the server gives up by itself, so that one stopped client or one slow lock never holds the others for long. */
const patience = { lock: 2_000, statement: 3_000, idleInTransaction: 2_000 };

/**
 * For connections that live long: plans are made once, while the tables are young and small, and must still be right when they have grown, so they
 * always go by the indexes.
 */
export const indexesOnly = {
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
};

/** The client gives up later than the server, so that a definite answer is preferred to an unknown outcome. */
const queryTimeoutMs = 4_000;

/**
 * Connection settings for the log: the server notices dead peers and impatient statements itself.
 * Options in the URL are kept and ours are added.
 */
export function logConnection(url: string, applicationName: string, moreSettings: Readonly<Record<string, string>> = {}): ClientConfig {
  const parsed = new URL(url);
  const ofUrl = parsed.searchParams.get('options') ?? '';
  parsed.searchParams.delete('options');
  const settings = {
    lock_timeout: patience.lock,
    statement_timeout: patience.statement,
    idle_in_transaction_session_timeout: patience.idleInTransaction,
    tcp_keepalives_idle: 5,
    tcp_keepalives_interval: 2,
    tcp_keepalives_count: 3,
    tcp_user_timeout: 10_000,
    ...moreSettings,
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return {
    connectionString: parsed.toString(),
    options: [ofUrl, ...options].join(' ').trim(),
    application_name: applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    connectionTimeoutMillis: 2_000,
    query_timeout: queryTimeoutMs,
    // Everything stays text: positions are wider than a JavaScript number, and the rest is parsed here or not at all.
    types: { getTypeParser: () => (value: unknown) => value },
  };
}

export function logPool(url: string, applicationName: string, connections: number, moreSettings?: Readonly<Record<string, string>>): Pool {
  const pool = new Pool({
    ...logConnection(url, applicationName, moreSettings),
    max: connections,
    idleTimeoutMillis: 60_000,
    allowExitOnIdle: true,
  });
  // An idle connection that breaks is only dropped; whoever asks next gets a new one.
  pool.on('error', () => undefined);
  // A connection that breaks while it is in use says so twice: to its query, which is enough, and as an event, which would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** How an error of the database is to be understood by someone who wanted to append. */
export type Failure = 'unknown outcome' | 'try again' | 'refused';

/** Classes of SQLSTATE after which the same statement may succeed: rollback, resources, operator intervention, lock not available, read only (a failover under way). */
const passing = ['40', '53', '54', '55', '25', '58'];

/**
 * A statement that the server answered with an ordinary error was rolled back as a whole. Anything else (a lost connection, a session that was
 * terminated, a client that gave up waiting) leaves open whether it was committed.
 */
export function failureOf(error: unknown): Failure {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  if (typeof code !== 'string' || code.length !== 5 || typeof severity !== 'string') return 'unknown outcome';
  if (severity !== 'ERROR' || code.startsWith('08') || code.startsWith('57P')) return 'unknown outcome';
  return passing.includes(code.slice(0, 2)) || code === '57014' ? 'try again' : 'refused';
}

/** Milliseconds to wait before the n-th try (from 1): doubling, with jitter so that many processes do not come back at once. */
export const backoffMs = (failures: number, longestMs: number): number =>
  Math.min(longestMs, 20 * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);

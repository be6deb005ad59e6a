import { Pool } from 'pg';
import { EventStore, logMigrations, PostgresLog, Sequences, snapshotMigrations, type CommandContext } from '#millwright/event-sourcing';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { credentials, credentialsId } from './domain/credentials.js';
import { KnownCredentials } from './known-credentials.js';

let database: TestDatabase;
let pool: Pool;
const logs: PostgresLog[] = [];

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.ownerUrl, max: 2 });
  await pool.query('CREATE SCHEMA IF NOT EXISTS app');
  for (const { sql } of [...logMigrations, ...snapshotMigrations]) await pool.query(sql);
});
afterAll(async () => {
  for (const log of logs) await log.close();
  await pool.end();
  await database.drop();
});

/** What one process of the installation knows, and how often it has asked the log. */
function someProcess() {
  const log = new PostgresLog({ url: database.url });
  logs.push(log);
  const readings = { count: 0 };
  const read = log.readStream.bind(log);
  log.readStream = (...asked) => {
    readings.count += 1;
    return read(...asked);
  };
  const events = new EventStore(log, new Sequences(pool));
  return { events, readings, known: new KnownCredentials(events) };
}

const context = (): CommandContext => ({
  ...{ actor: { kind: 'user', id: '1' }, customerId: 1, entityId: null, requestId: 'r', correlationId: 'r', causationId: 'r' },
  deadline: Date.now() + 10_000,
});

/** Ends a token: one of the things that other processes are to know. */
const end = ({ events }: ReturnType<typeof someProcess>, tokenId: string) =>
  events.execute(
    credentials,
    credentialsId,
    () => [{ type: 'TokenRevoked' as const, data: { tokenId, expiresAt: '2999-01-01T00:00:00.000Z' } }],
    { context: context() },
  );

it('finds what another process has appended a moment ago, and does not ask for what it knows', async () => {
  const [here, there] = [someProcess(), someProcess()];
  await end(there, 'first');
  await here.known.now();
  await end(there, 'second');
  const find = (tokenId: string) => here.known.find(({ revokedTokens }) => revokedTokens.get(tokenId));
  expect(await find('second')).toBe('2999-01-01T00:00:00.000Z');
  here.readings.count = 0;
  expect(find('first')).toBe('2999-01-01T00:00:00.000Z');
  expect(here.readings.count).toBe(0);
});

it('has the log read now and then, however many look for what there is not', async () => {
  const { known, readings } = someProcess();
  await known.now();
  readings.count = 0;
  const begun = performance.now();
  const lookLater = async (): Promise<void> => {
    for (let times = 0; times < 20; times += 1) expect(await known.find(() => undefined)).toBeUndefined();
  };
  await Promise.all(Array.from({ length: 100 }, lookLater));
  const mostReadings = (performance.now() - begun) / 20 + 2;
  expect(readings.count).toBeGreaterThan(0);
  expect(readings.count).toBeLessThan(mostReadings + (performance.now() - begun) / 300);
});

import { Configuration } from '../config.js';
import { Databases } from '../read-database/databases.js';
import { assertLogIsHome, UnsuitableLog } from './log-home.js';
import { idsIn } from './log-take-up.js';
import { migrate } from '../read-database/migrate.js';
import { createDatabase, type TestDatabase } from '../../test/harness/database.js';

describe('the ids that an event has used up', () => {
  const ids = (stream: string, data: unknown = {}): unknown => [...idsIn({ stream, data })];

  it('are the number of its stream and those inside it, each with its sequence', () => {
    expect(ids('part-72', { transactionId: 9, workOrderId: 4 })).toEqual([
      ['part', 72],
      ['part_transaction', 9],
    ]);
    expect(ids('workOrder-4', { otherCostId: 11 })).toEqual([
      ['work_order', 4],
      ['other_cost', 11],
    ]);
    expect(ids('measurementUnit-3')).toEqual([['measurement_unit', 3]]);
  });

  it('are none where a stream has no number or is of no kind we know', () => {
    expect(ids('part-a')).toEqual([]);
    expect(ids('somethingElse-7')).toEqual([]);
  });
});

describe('where the log of a database lies', () => {
  let database: TestDatabase;
  let databases: Databases;

  beforeAll(async () => {
    database = await createDatabase();
    databases = new Databases(database.url, database.ownerUrl);
    await migrate(databases);
  });
  afterAll(() => database.drop());

  const elsewhere = { eventStoreUrl: 'esdb://127.0.0.1:2113?tls=false' };

  it('is written down by the first start, and every later one must find it there', async () => {
    await assertLogIsHome(databases, new Configuration(elsewhere));
    await assertLogIsHome(databases, new Configuration(elsewhere));
    await expect(assertLogIsHome(databases, new Configuration())).rejects.toThrow(/lies in EventStoreDB.*EVENTSTORE_URL is not set/);
    await expect(assertLogIsHome(databases, new Configuration({ ...elsewhere, eventStorePrefix: 'b_' }))).rejects.toThrow(UnsuitableLog);
  });
});

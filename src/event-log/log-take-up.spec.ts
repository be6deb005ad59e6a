import { randomUUID } from 'node:crypto';
import {
  openEventStoreDbLog,
  PostgresLog,
  Sequences,
  type EventLog,
  type EventMetadata,
  type ProposedEvent,
} from '#millwright/event-sourcing';
import pg from 'pg';
import { Configuration } from '../config.js';
import { Databases } from '../read-database/databases.js';
import { assertLogIsHome, UnsuitableLog } from './log-home.js';
import { idsIn, takeUpLog } from './log-take-up.js';
import { migrate } from '../read-database/migrate.js';
import { EventStoreDbTestServer } from '../../test/eventstoredb-server/server.js';
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

  it('are also those of records inside a record, wherever they stand', () => {
    const added = [{ id: 3 }, { id: 12, isPrimary: true }];
    expect(ids('vendor-4', { vendorContacts: { added, changed: [{ id: 90 }], removed: [91] } })).toEqual([
      ['vendor', 4],
      ['vendor_contact', 3],
      ['vendor_contact', 12],
    ]);
    expect(ids('part-7', { vendorParts: { added } })).toEqual([
      ['part', 7],
      ['vendor_part', 3],
      ['vendor_part', 12],
    ]);
    expect(ids('procedureTemplate-2', { items: { added } })).toEqual([
      ['procedure_template', 2],
      ['procedure_template_item', 3],
      ['procedure_template_item', 12],
    ]);
    const procedure = { procedureId: 8, items: [{ id: 5, templateItemId: 1 }] };
    const copied = [
      ['procedure', 8],
      ['procedure_item', 5],
    ];
    expect(ids('workOrder-4', procedure)).toEqual([['work_order', 4], ...copied]);
    expect(ids('alarm-1.ab', { procedures: [procedure] })).toEqual(copied);
    expect(ids('workOrderRequest-6', { order: { templates: [procedure] } })).toEqual([['work_order_request', 6], ...copied]);
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

describe('a log whose owners numbered what is inside them each for itself', () => {
  let database: TestDatabase;
  let pool: pg.Pool;

  beforeEach(async () => {
    database = await createDatabase();
    await migrate(new Databases(database.url, database.ownerUrl));
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  const inPostgres = (): Promise<EventLog> => Promise.resolve(new PostgresLog({ url: database.url }));
  const inEventStoreDb = async (): Promise<EventLog> => {
    const server = await new EventStoreDbTestServer().start();
    const log = await openEventStoreDbLog({ url: server.url });
    const close = async (): Promise<void> => {
      await log.close();
      await server.stop();
    };
    return Object.assign(Object.create(log) as EventLog, { close });
  };

  it.each([
    ['PostgreSQL', inPostgres],
    ['EventStoreDB', inEventStoreDb],
  ])('is looked through once, in %s, although this database had seen it up to its end', async (_, open) => {
    const log = await open();
    try {
      const asked: bigint[] = [];
      const watched = Object.assign(Object.create(log) as EventLog, {
        readAll: (after: bigint, most: number) => {
          asked.push(after);
          return log.readAll(after, most);
        },
      });
      const taken = async (): Promise<number[]> => {
        const sequences = new Sequences(pool);
        await takeUpLog(watched, pool, sequences);
        const next: number[] = [];
        for (const name of ['vendor_contact', 'vendor_part', 'procedure_template_item', 'procedure_item'])
          next.push(await sequences.next(name));
        return next;
      };
      const [one, two] = [{ added: [{ id: 1 }, { id: 2 }] }, { added: [{ id: 1 }, { id: 2 }, { id: 3 }] }];
      for (const [stream, data] of [
        ['vendor-1', { vendorContacts: one }],
        ['vendor-2', { vendorContacts: two }],
        ['part-1', { vendorParts: one }],
        ['procedureTemplate-1', { items: two }],
        ['workOrder-1', { procedureId: 1, items: two.added }],
        ['workOrder-2', { procedureId: 2, items: one.added }],
      ] as const)
        await append(log, stream, data);
      await seenUpTo(await log.head());
      expect(await taken()).toEqual([4, 3, 4, 4]);
      expect(asked[0]).toBe(0n);

      const before = await log.head();
      await append(log, 'vendor-3', { vendorContacts: { added: [{ id: 40 }] } });
      asked.length = 0;
      expect(await taken()).toEqual([41, 4, 5, 5]);
      expect(asked[0]).toBe(before);
    } finally {
      await log.close();
    }
  });

  const seenUpTo = (position: bigint): Promise<unknown> =>
    pool.query('UPDATE app.live_read_models SET checkpoint = $1', [String(position)]);
});

const metadata: EventMetadata = {
  recorded_at: '2025-01-02T03:04:05.678Z',
  effective_at: '2025-01-02',
  schema_version: 1,
  actor: { kind: 'user', id: '1' },
  entity_id: 1,
  customer_id: 1,
  request_id: 'earlier',
  $correlationId: 'earlier',
  $causationId: 'earlier',
};

async function append(log: EventLog, stream: string, data: object): Promise<void> {
  const event: ProposedEvent = { id: randomUUID(), type: 'ToldEarlier', data, metadata };
  await log.append({ stream, expected: 'no stream', events: [event] }, { deadline: Date.now() + 60_000 });
}

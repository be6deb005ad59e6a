import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { accessMigrations, alike, fingerprintOf, IdempotencyKeys, type ScopedContext } from '#millwright/access';
import { EventStore, logMigrations, PostgresLog, Rejection, runInContext, type RecordedEvent } from '#millwright/event-sourcing';
import { peopleEntities, peopleMigrations, PersonalValues } from '#millwright/resources';
import { createDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { isSignature } from '../domain/procedures.js';
import { workOrder } from '../domain/work-order.js';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import { answered, copyOf, following, item } from '../testing/procedures.js';
import { opened } from '../testing/work-orders.js';
import type { WorkOrderWriter } from '../work-order-writer.js';
import type { AnswerProcedure } from './procedure.commands.js';
import { ProcedureWriter } from './procedure-writer.js';
import { signatureErasure } from './signature-erasure.js';
import { signatureKind, Signatures } from './signatures.js';

const audit = copyOf(1, item(1, 'signature', { required: true }));
const context: ScopedContext = {
  customerId: 1,
  entityId: 1,
  actor: { kind: 'user', id: '1' },
  requestId: 'request',
  correlationId: 'correlation',
  causationId: 'request',
  deadline: Infinity,
  scope: {
    requestId: 'request',
    principal: { credential: { kind: 'api_key', id: 'key' }, customerId: 1, userId: 1, rights: alike('all') },
    held: 'all',
    customer: { id: 1, name: 'Plant' },
    entity: null,
  },
};
const unavailable = (): Rejection => new Rejection('UNAVAILABLE', 'the event log cannot be reached');

let database: TestDatabase;
let pool: Pool;
let source: DataSource;
let log: PostgresLog;
let events: EventStore;
let keys: IdempotencyKeys;

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.ownerUrl });
  for (const { sql } of [...logMigrations, ...accessMigrations, ...peopleMigrations]) await pool.query(sql);
  source = await new DataSource({ type: 'postgres', url: database.ownerUrl, entities: [...peopleEntities] }).initialize();
  log = new PostgresLog({ url: database.ownerUrl });
  events = new EventStore(log, { next: () => 1 });
  keys = new IdempotencyKeys(pool, { relaxed: true, onFault: (fault) => console.error(fault) });
});

afterAll(async () => {
  keys.close();
  await events.close();
  await log.close();
  await source.destroy();
  await pool.end();
  await database.drop();
});

type Deciding = WorkOrderWriter['decide'];

const decide: Deciding = async (id, decision) => ({ ...(await events.execute(workOrder, id, decision)), id, row: {} });

/** Who signed the only item of an order's procedure, as it is shown. */
async function signatory(orderId: number): Promise<unknown> {
  const { state } = await events.load(workOrder, orderId);
  const value = state.procedureContents.get(audit.procedureId)?.items[0]?.value ?? null;
  return isSignature(value) && (await new PersonalValues(source.manager).read(signatureKind, audit.procedureId, value.signature))['name'];
}

const namesKept = async (): Promise<number> => (await pool.query('SELECT FROM app.people')).rowCount ?? 0;

/** Signs on an order, or tells the code that refuses it. */
function signs(name: string, orderId: number, { via = events, by = decide }: { via?: EventStore; by?: Deciding } = {}): Promise<unknown> {
  const writer = new ProcedureWriter(via, { decide: by } as WorkOrderWriter, new Signatures(new PersonalValues(source.manager), keys));
  const input = { work_order_id: orderId, procedure_id: audit.procedureId, answers: [{ item_id: 1, value: { name } }] };
  return runInContext(context, () => writer.answer(input as AnswerProcedure)).then(
    () => 'signed',
    (refusal: Rejection) => refusal.code,
  );
}

const begun = (orderId: number) =>
  runInContext(context, async () => {
    await events.execute(workOrder, orderId, opened);
    await events.execute(workOrder, orderId, following(audit));
  });

describe('the name of who signs', () => {
  it('stays where the log says nothing once the signature is there', async () => {
    await begun(1);
    expect(await signs('Augusta', 1)).toBe('signed');
    const silent = Object.create(events) as EventStore;
    silent.loadAt = () => Promise.reject(unavailable());
    expect(await signs('Grace', 1, { via: silent })).toBe('signed');
    expect(await signatory(1)).toBe('Grace');
  });

  it('stays where nobody knows what became of the signature', async () => {
    await begun(2);
    const lost: Deciding = async (...wanted) => {
      await decide(...wanted);
      throw unavailable();
    };
    expect(await signs('Augusta', 2, { by: lost })).toBe('UNAVAILABLE');
    expect(await signatory(2)).toBe('Augusta');
  });

  it('goes where the signature was refused', async () => {
    await begun(3);
    const before = await namesKept();
    const refused: Deciding = () => Promise.reject(new Rejection('WORK_ORDER_CLOSED', 'The work order is closed.'));
    expect(await signs('Augusta', 3, { by: refused })).toBe('WORK_ORDER_CLOSED');
    expect(await namesKept()).toBe(before);
  });
});

/** Has somebody sign, and keeps an answer of that as it is shown; told is what a repeat is given. */
async function keptAnswer(orderId: number) {
  await begun(orderId);
  await signs('Augusta', orderId);
  const { state } = await events.load(workOrder, orderId);
  const { value, answeredAt } = state.procedureContents.get(audit.procedureId)?.items[0] ?? {};
  const { signature } = value as { signature: string };
  const bodyOf = (name: unknown) => `{"signature":"${signature}","name":${JSON.stringify(name)},"signed_at":"${answeredAt}"}`;
  const asked = { operation: 'PATCH procedure', key: `order ${orderId}`, fingerprint: fingerprintOf({ orderId }) };
  const told = () =>
    runInContext(context, () => keys.run(asked, async () => ({ status: 200, headers: {}, body: bodyOf('Augusta') }))).then(
      ({ body }) => body,
    );
  expect(await told()).toContain('"Augusta"');
  const sought = 'SELECT FROM app.idempotency_keys WHERE strpos(body, $1) > 0';
  const keptWith = async (text: string): Promise<number> => (await pool.query(sought, [text])).rowCount ?? 0;
  expect(await keptWith(signature)).toBe(1);
  return { signature, told, keptWith };
}

/** Has the process manager come to the event that gave the signature anew, or took it back. */
async function follows(orderId: number): Promise<void> {
  const [event] = (await log.readStream(`workOrder-${orderId}`, 3, 1)) as unknown as RecordedEvent<WorkOrderEvent>[];
  await signatureErasure(events, source.manager, pool).handle(event as RecordedEvent<WorkOrderEvent>);
}

describe('a signature that is given anew', () => {
  it('is answered before kept answers are looked through, and told by no repeat meanwhile', async () => {
    const { signature, told, keptWith } = await keptAnswer(4);
    const holder = await pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM app.idempotency_keys FOR UPDATE');
    try {
      expect(await signs('Grace', 4)).toBe('signed');
      expect(await told()).toMatch(/"name":null/);
      expect(await keptWith(signature)).toBe(1);
    } finally {
      await holder.query('COMMIT');
      holder.release();
    }
    await follows(4);
    expect([await keptWith(signature), await keptWith('"Augusta"')]).toEqual([0, 0]);
  });

  it('is gone from kept answers where the process that answered ended at once', async () => {
    const { signature, keptWith } = await keptAnswer(5);
    await runInContext(context, () => events.execute(workOrder, 5, answered(audit.procedureId, { item_id: 1, value: null })));
    await follows(5);
    expect([await keptWith(signature), await keptWith('"Augusta"')]).toEqual([0, 0]);
  });
});

import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { accessMigrations, type IdempotencyKeys } from '#millwright/access';
import {
  EventStore,
  keptTextEntities,
  keptTextMigrations,
  KeptTexts,
  logMigrations,
  PostgresLog,
  runInContext,
  type CommandContext,
  type ProjectionEngine,
} from '#millwright/event-sourcing';
import { Name } from '#millwright/fields';
import { users } from '#millwright/people';
import { defineRecord, type RelatedRecords } from '#millwright/resources';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { CommentWriter } from './comment-writer.js';
import { addComment, comment } from './domain/comment.js';
import { UnnamedTexts } from './unnamed-texts.js';

const { jest } = import.meta;

class OrderFields {
  @Name({ required: true }) name!: string;
}

/** What is spoken of. */
const orders = defineRecord({ name: 'work_order', plural: 'work_orders', fields: OrderFields, description: 'An order.', scope: 'entity' });

const context: CommandContext = {
  customerId: 1,
  entityId: 1,
  actor: { kind: 'user', id: '1' },
  requestId: 'request',
  correlationId: 'correlation',
  causationId: 'request',
  deadline: Infinity,
};

let database: TestDatabase;
let pool: Pool;
let source: DataSource;
let log: PostgresLog;
let events: EventStore;

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.ownerUrl });
  for (const { sql } of [...logMigrations, ...accessMigrations, ...keptTextMigrations]) await pool.query(sql);
  await pool.query('CREATE SCHEMA IF NOT EXISTS read');
  await pool.query('CREATE TABLE read.comments (id bigint PRIMARY KEY, text_id uuid NOT NULL)');
  source = await new DataSource({ type: 'postgres', url: database.ownerUrl, entities: [...keptTextEntities] }).initialize();
  log = new PostgresLog({ url: database.ownerUrl });
  let last = 100;
  events = new EventStore(log, { next: () => (last += 1) });
  await events.execute(orders.stream, 7, () => [{ type: 'WorkOrderRegistered', data: { name: 'Pump' } }], { context });
});

afterEach(() => void jest.restoreAllMocks());

afterAll(async () => {
  await events.close();
  await log.close();
  await source.destroy();
  await pool.end();
  await database.drop();
});

async function kept(recordId: number, content = 'Not for everybody') {
  return new KeptTexts(source.manager).keep({ id: randomUUID(), recordId, content });
}

const grow = (): Promise<unknown> => pool.query(`UPDATE app.kept_texts SET kept_at = kept_at - interval '61 minutes'`);

function sweep(of: EventStore = events, parkedStreams: readonly string[] = []): Promise<void> {
  const projections = { waitFor: async () => undefined, status: async () => [{ name: 'comments', parkedStreams }] };
  return new UnnamedTexts(of, projections as unknown as ProjectionEngine, source.manager).sweep();
}

const remaining = async (): Promise<string[]> => (await pool.query<{ id: string }>('SELECT id FROM app.kept_texts')).rows.map(({ id }) => id); // prettier-ignore

/** The same store, in which something happens right before each command on a comment. */
function before(work: () => Promise<void>): EventStore {
  const late = Object.create(events) as EventStore;
  late.execute = async (stream, id, decide, options) => {
    await work();
    return events.execute(stream, id, decide, options);
  };
  return late;
}

const about = { recordKind: 'work_order', recordId: 7, authorId: 1, public: false };

describe('a text that no event came to name', () => {
  it('is gone an hour after it was kept, and no other is', async () => {
    const left = await kept(1);
    const [said, told, reason] = [await kept(2), await kept(3), await kept(4)];
    const added = { commentId: 2, ...about, textId: said.id, textSha256: said.digest };
    await events.execute(comment, 2, (state) => addComment(state, added), { context });
    await pool.query('INSERT INTO read.comments (id, text_id) VALUES ($1, $2)', [told.recordId, told.id]);
    const erased = { reasonId: reason.id, reasonSha256: reason.digest, storedAs: randomUUID() };
    await events.execute(users.stream, 4, () => [{ type: 'UserErased', data: erased }], { context });
    await grow();
    const young = await kept(5);
    await sweep();
    expect(await remaining()).not.toContain(left.id);
    expect(new Set(await remaining())).toEqual(new Set([said, told, reason, young].map(({ id }) => id)));
  });

  it('is left alone while the read model lacks a comment, for it may be that one', async () => {
    const left = await kept(1);
    await grow();
    await expect(sweep(events, ['alarm-1.key'])).rejects.toThrow('lacks some');
    expect(await remaining()).toContain(left.id);
    await sweep();
    expect(await remaining()).not.toContain(left.id);
  });
});

describe('a text whose event is appended long after it was kept', () => {
  it('is there with it, though it was swept before', async () => {
    const swept: unknown[] = [];
    const late = before(async () => {
      await grow();
      await sweep();
      swept.push(...(await pool.query(`SELECT 1 FROM app.kept_texts WHERE content = 'Late'`)).rows);
      const now = Date.now();
      jest.spyOn(Date, 'now').mockImplementation(() => now + 3_660_000);
    });
    const projections = { reaches: () => true } as unknown as ProjectionEngine;
    const related = { services: { events, entities: source.manager } } as unknown as RelatedRecords;
    const writer = new CommentWriter(late, projections, related, {} as IdempotencyKeys, source.manager);
    const { id, row } = await runInContext(context, () => writer.add({ kind: 'work_order', id: 7 }, { text: 'Late' }));
    expect(swept).toEqual([]);
    expect(row).toMatchObject({ text: 'Late' });
    const { added } = (await events.load(comment, id)).state;
    const digests = await pool.query(`SELECT digest, encode(sha256(salt || convert_to(content, 'UTF8')), 'hex') AS told FROM app.kept_texts WHERE id = $1`, [added?.textId]); // prettier-ignore
    expect(digests.rows).toEqual([{ digest: added?.textSha256, told: added?.textSha256 }]);
    jest.restoreAllMocks();
    await grow();
    await sweep();
    expect(await remaining()).toContain(added?.textId);
  });

  it('is not swept from under whoever keeps it again, as what is tried again does', async () => {
    const first = await kept(1);
    await grow();
    const again = Object.create(events) as EventStore;
    again.load = async (stream, id) => {
      await new KeptTexts(source.manager).keep({ id: first.id, recordId: 9, content: 'Another try' });
      return events.load(stream, id);
    };
    await sweep(again);
    expect(await remaining()).toContain(first.id);
    expect(await new KeptTexts(source.manager).keep({ id: first.id, recordId: 9, content: 'Another try' })).toEqual(first);
  });

  it('stays gone where it was withdrawn meanwhile', async () => {
    const texts = new KeptTexts(source.manager);
    const text = await texts.keep({ id: randomUUID(), recordId: 1, content: 'Withdrawn' });
    await texts.erase(text.id);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now + 3_660_000);
    await texts.stay(text);
    expect(await texts.read(text.id)).toBeNull();
  });
});

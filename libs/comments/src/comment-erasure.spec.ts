import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { accessMigrations, alike, fingerprintOf, IdempotencyKeys, runInScope, type RequestScope } from '#millwright/access';
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
  type RecordedEvent,
} from '#millwright/event-sourcing';
import type { RelatedRecords } from '#millwright/resources';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { commentErasure } from './comment-erasure.js';
import { CommentWriter } from './comment-writer.js';
import { addComment, comment } from './domain/comment.js';
import type { CommentEvent } from './domain/comment.events.js';

const text = 'Not for everybody';
const context: CommandContext = {
  customerId: 1,
  entityId: 1,
  actor: { kind: 'user', id: '1' },
  requestId: 'request',
  correlationId: 'correlation',
  causationId: 'request',
  deadline: Infinity,
};
const scope: RequestScope = {
  requestId: 'request',
  principal: { credential: { kind: 'api_key', id: 'key' }, customerId: 1, userId: 1, rights: alike('all') },
  held: 'all',
  customer: { id: 1, name: 'Plant' },
  entity: null,
};

let database: TestDatabase;
let pool: Pool;
let source: DataSource;
let log: PostgresLog;
let events: EventStore;
let keys: IdempotencyKeys;
const faults: unknown[] = [];

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.ownerUrl });
  for (const { sql } of [...logMigrations, ...accessMigrations, ...keptTextMigrations]) await pool.query(sql);
  source = await new DataSource({ type: 'postgres', url: database.ownerUrl, entities: [...keptTextEntities] }).initialize();
  log = new PostgresLog({ url: database.ownerUrl });
  events = new EventStore(log, { next: () => 1 });
  keys = new IdempotencyKeys(pool, { relaxed: true, onFault: (fault) => faults.push(fault) });
});

afterAll(async () => {
  keys.close();
  await events.close();
  await log.close();
  await source.destroy();
  await pool.end();
  await database.drop();
});

/** A comment whose first answer is kept for repeats. */
async function said(commentId: number): Promise<string> {
  const kept = await new KeptTexts(source.manager).keep({ id: randomUUID(), recordId: commentId, content: text });
  const added = { commentId, recordKind: 'work_order', recordId: 7, authorId: 1, public: false, textId: kept.id, textSha256: kept.digest };
  await events.execute(comment, commentId, (state) => addComment(state, added), { context });
  const body = JSON.stringify({ data: { id: commentId, text } });
  const work = async () => ({ status: 201, headers: {}, body });
  await runInScope(scope, () =>
    keys.run({ operation: 'POST comments', key: `comment ${commentId}`, fingerprint: fingerprintOf({ text }) }, work),
  );
  expect(faults).toEqual([]);
  return body;
}

const keptAnswers = async (commentId: number): Promise<string[]> => {
  const sought = 'SELECT body FROM app.idempotency_keys WHERE strpos(body, $1) > 0';
  return (await pool.query<{ body: string }>(sought, [`"id":${commentId},`])).rows.map(({ body }) => body);
};

/** What follows from the last event of the comment, before anything else happens. */
async function erased(commentId: number): Promise<void> {
  const recorded = (await log.readStream(`comment-${commentId}`, 1, 1)) as unknown as RecordedEvent<CommentEvent>[];
  for (const event of recorded) await commentErasure(events, source.manager, pool).handle(event);
}

const withdrawn = (of: EventStore, commentId: number) => {
  const projections = { reaches: () => true } as unknown as ProjectionEngine;
  const writer = new CommentWriter(of, projections, {} as RelatedRecords, keys, source.manager);
  return runInScope(scope, () => runInContext(context, () => writer.withdraw(commentId)));
};

describe('the text of a withdrawn comment', () => {
  it('is gone from kept answers where the process that withdrew it ended at once', async () => {
    expect(await keptAnswers(1)).toEqual([]);
    const body = await said(1);
    expect(await keptAnswers(1)).toEqual([body]);
    await events.execute(comment, 1, () => [{ type: 'CommentWithdrawn', data: {} }], { context });
    await erased(1);
    expect(await keptAnswers(1)).toEqual([body.replace(`"${text}"`, 'null')]);
    expect((await source.query('SELECT content, salt FROM app.kept_texts WHERE record_id = 1')) as unknown).toEqual([
      { content: null, salt: null },
    ]);
  });

  it('is gone from answers on their way, too, where what follows from the event was quicker than the request', async () => {
    await said(2);
    const hurried = Object.create(events) as EventStore;
    hurried.execute = async (stream, id, decide, options) => {
      const outcome = await events.execute(stream, id, decide, options);
      await erased(2);
      return outcome;
    };
    const forgotten: unknown[] = [];
    const forgetText = keys.forgetText.bind(keys);
    keys.forgetText = (sought) => {
      forgotten.push(sought.text);
      return forgetText(sought);
    };
    expect(await withdrawn(hurried, 2)).toMatchObject({ row: { text: null } });
    expect(forgotten).toEqual([text]);
    expect((await keptAnswers(2)).join()).not.toContain(text);
  });
});

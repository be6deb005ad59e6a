import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { ForgottenInAnswers } from './forgotten-in-answers.js';
import { textTold } from './kept-answers.js';
import { accessMigrations } from './migrations.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.ownerUrl, max: 2 });
  for (const { sql } of accessMigrations) await pool.query(sql);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const comment = (id: number, text: string | null, author = 7) => ({
  id,
  work_order_id: 7,
  text,
  public: false,
  created_by: { id: author, name: 'Ada' },
});
/** As what is kept of a person tells it. */
const ofPerson = (id: number, text: string | null) => ({ comment_id: id, entity_id: 1, text, said_at: '2026-11-30T10:00:00.000Z' });
const told = [
  comment(7, 'Done'),
  { id: 7, name: 'no comment', comments: [comment(8, 'Done'), comment(7, 'Done'), comment(7, 'Done {later}')] },
  { results: [{ data: comment(9, 'Done'), id: 7, note: 'he said "text":"Done"' }, { data: [comment(7, 'Done')] }] },
  { data: { comments: [ofPerson(8, 'Done'), ofPerson(7, 'Done')] } },
];
const left = [
  comment(7, null),
  { id: 7, name: 'no comment', comments: [comment(8, 'Done'), comment(7, null), comment(7, 'Done {later}')] },
  { results: [{ data: comment(9, 'Done'), id: 7, note: 'he said "text":"Done"' }, { data: [comment(7, null)] }] },
  { data: { comments: [ofPerson(8, 'Done'), ofPerson(7, null)] } },
];

it('loses the text of that comment and of no other that says the same, in what is kept and in what is told meanwhile', async () => {
  const forgotten = new ForgottenInAnswers(pool);
  const scopes = told.map(() => randomUUID());
  for (const [place, scope] of scopes.entries())
    await pool.query(
      `INSERT INTO app.idempotency_keys (scope, fingerprint, event_id_base, allocated, owner, lease_until, status, headers, body, created_at)
       VALUES ($1, '', gen_random_uuid(), '{}', gen_random_uuid(), now(), 200, '{}', $2, now())`,
      [scope, JSON.stringify(told[place])],
    );
  await forgotten.forget(textTold({ id: 7, text: 'Done', made: new Date().toISOString() }));
  const { rows } = await pool.query<{ body: string }>(
    'SELECT body FROM app.idempotency_keys WHERE scope = ANY($1) ORDER BY array_position($1, scope)',
    [scopes],
  );
  expect(rows.map(({ body }) => JSON.parse(body) as unknown)).toEqual(left);
  const again = told.map((answer) => forgotten.without({ status: 200, headers: {}, body: JSON.stringify(answer) }).body);
  expect(again).toEqual(left.map((answer) => JSON.stringify(answer)));
});

it('loses a text of regular expressions, and one with quotation marks', async () => {
  const forgotten = new ForgottenInAnswers(pool);
  const text = 'a.*(b) "c" \\1 $& \u{1f527}';
  await forgotten.forget(textTold({ id: 3, text, made: new Date().toISOString() }));
  const answer = { status: 200, headers: {}, body: JSON.stringify({ data: { id: 3, text } }) };
  expect(forgotten.without(answer).body).toBe('{"data":{"id":3,"text":null}}');
});

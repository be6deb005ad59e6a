import pg from 'pg';
import { Rejection } from '#millwright/event-sourcing';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { runInScope } from './command-context.js';
import { fingerprintOf, IdempotencyKeys } from './idempotency-keys.js';
import type { StoredAnswer } from './idempotency-table.js';
import type { IdempotentRequest } from './idempotent-request.js';
import { forgetInAnswers, textTold } from './kept-answers.js';
import { accessMigrations } from './migrations.js';
import { alike } from './rights.js';

let database: TestDatabase;
let pool: pg.Pool;
let keys: IdempotencyKeys;
const faults: unknown[] = [];

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.ownerUrl });
  pool.on('error', () => undefined); // connections that are being closed while the database is dropped
  for (const { sql } of accessMigrations) await pool.query(sql);
  keys = another();
});

afterAll(async () => {
  keys.close();
  await pool.end();
  await database.drop();
});

describe('a request with an Idempotency-Key', () => {
  it('is answered again with the first answer, byte for byte', async () => {
    const first = await run({ key: 'replay' }, append('part-1'));
    const second = await run({ key: 'replay' }, never);
    expect(first).toMatchObject({ replayed: false });
    expect(second).toEqual({ ...first, replayed: true });
    await keys.settled();
    expect(await run({ key: 'replay' }, never)).toEqual(second);
  });

  it('is answered again without being worked on, where the process that answered it is asked', async () => {
    let times = 0;
    const work = async (request: IdempotentRequest): Promise<StoredAnswer> => {
      times += 1;
      return append('part-1')(request);
    };
    const first = await run({ key: 'soon again' }, work);
    await keys.settled();
    expect(await run({ key: 'soon again' }, work)).toEqual({ ...first, replayed: true });
    await expect(run({ key: 'soon again', body: { a: 2 } }, work)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(times).toBe(1);
    const other = another();
    await expect(run({ key: 'soon again' }, work, other)).resolves.toEqual({ ...first, replayed: true });
    expect(times).toBe(2);
    other.close();
  });

  it('is answered each time when many repeat at one moment what was answered long ago', async () => {
    const first = await run({ key: 'many repeats' }, append('part-1'));
    await keys.settled();
    const repeats = await Promise.all(Array.from({ length: 20 }, () => run({ key: 'many repeats' }, never)));
    for (const repeat of repeats) expect(repeat).toEqual({ ...first, replayed: true });
    const others = await Promise.allSettled(Array.from({ length: 2 }, () => run({ key: 'many repeats', body: { a: 2 } }, never)));
    for (const other of others) expect(other).toMatchObject({ reason: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('keeps the answer of a write that appended nothing', async () => {
    await run({ key: 'no event' }, async () => answered('nothing to do'));
    expect(await run({ key: 'no event' }, never)).toMatchObject({ replayed: true, body: 'nothing to do' });
  });

  it.each([
    ['appended nothing', async () => answered('nothing to do')],
    [
      'lost its append and then had nothing to do',
      async (request: IdempotentRequest) => {
        request.rowFor('part-1', 7);
        return answered('it is so already');
      },
    ],
    [
      'was answered by what others made of it',
      async (request: IdempotentRequest) => {
        request.rowFor('part-1', 7);
        request.committed(5n);
        return answered('granted by its parts');
      },
    ],
    [
      'consists of others',
      async (request: IdempotentRequest) => {
        await request.begin();
        return answered('some of them refused');
      },
    ],
  ])('is answered only when its answer is on the disk, where no event could make it again: one that %s', async (what, work) => {
    await pool.query(`
      CREATE TABLE app.seen_commits (body text, synchronous_commit text);
      CREATE FUNCTION app.note_commit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO app.seen_commits VALUES (NEW.body, current_setting('synchronous_commit')); RETURN NEW; END $$;
      CREATE TRIGGER note_commit AFTER INSERT OR UPDATE ON app.idempotency_keys FOR EACH ROW WHEN (NEW.status IS NOT NULL) EXECUTE FUNCTION app.note_commit()`);
    try {
      const { body } = await run({ key: `on the disk: ${what}` }, work);
      const { rows } = await pool.query('SELECT * FROM app.seen_commits');
      expect(rows).toEqual([{ body, synchronous_commit: 'on' }]);
    } finally {
      await pool.query('DROP FUNCTION app.note_commit CASCADE; DROP TABLE app.seen_commits');
    }
  });

  it('is answered again with the first answer, also where it lost an append and then had nothing to do', async () => {
    const first = await run({ key: 'known and lost' }, append('part-1'));
    await keys.settled();
    const lost = async (request: IdempotentRequest): Promise<StoredAnswer> => {
      request.rowFor('part-1', 7);
      return answered('it is so already');
    };
    expect(await run({ key: 'known and lost' }, lost)).toEqual({ ...first, replayed: true });
  });

  it('is answered by another process as soon as its answer is out', async () => {
    const other = another();
    const first = await run({ key: 'elsewhere' }, append('part-9'));
    expect(await run({ key: 'elsewhere' }, never, other)).toEqual({ ...first, replayed: true });
    other.close();
  });

  it('is refused when the same key comes with something else', async () => {
    await run({ key: 'other body' }, append('part-1'));
    const reused = (): Promise<unknown> => run({ key: 'other body', body: { a: 2 } }, never);
    await expect(reused()).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    await keys.settled();
    await expect(reused()).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('is another request for another operation, credential or customer', async () => {
    await run({ key: 'scoped' }, append('part-1'));
    expect(await run({ key: 'scoped', operation: 'PATCH /api/v1/parts/2' }, append('part-2'))).toMatchObject({ replayed: false });
    expect(await run({ key: 'scoped', credentialId: 'other' }, append('part-3'))).toMatchObject({ replayed: false });
    expect(await run({ key: 'scoped', customerId: 2 }, append('part-4'))).toMatchObject({ replayed: false });
  });

  it('has one effect when fifty come at once, in two processes', async () => {
    const other = another();
    let effects = 0;
    const work = async (request: IdempotentRequest): Promise<StoredAnswer> => {
      await request.keep(request.rowFor('part-5', -1));
      effects++;
      return answered('done');
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => run({ key: 'fifty' }, work, i % 2 ? other : keys)));
    other.close();
    expect(effects).toBe(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE' });
    expect(await run({ key: 'fifty' }, never)).toMatchObject({ replayed: true, body: 'done' });
  });

  it('is answered with what it did, though its row cannot be read, where that was stored ahead', async () => {
    const unread = new Proxy(pool, {
      get: (real, name) =>
        name === 'query'
          ? (query: pg.QueryConfig) => (query.name === 'read-idempotency-keys' ? Promise.reject(new Error('broken')) : real.query(query))
          : (Reflect.get(real, name) as unknown),
    });
    const blind = new IdempotencyKeys(unread, { relaxed: true, onFault: (fault) => faults.push(fault) });
    const work = async (request: IdempotentRequest): Promise<StoredAnswer> => {
      await request.begin();
      return answered('batch');
    };
    expect(await run({ key: 'stored ahead' }, work, blind)).toMatchObject({ replayed: false, body: 'batch' });
    await blind.settled();
    blind.close();
    expect(await run({ key: 'stored ahead' }, never)).toMatchObject({ replayed: true, body: 'batch' });
  });

  it('leaves no trace when it is refused, and is decided anew', async () => {
    const refused = async (request: IdempotentRequest): Promise<StoredAnswer> => {
      await request.keep(request.rowFor('part-6', 3));
      throw new Rejection('INSUFFICIENT_STOCK', 'none left');
    };
    await expect(run({ key: 'refused' }, refused)).rejects.toMatchObject({ code: 'INSUFFICIENT_STOCK' });
    await run({ key: 'refused' }, async (request) => {
      expect(request.earlierTry).toBeUndefined();
      return answered('now there is some');
    });
  });

  it('is continued with the same event ids, allocated ids and revision after an unknown outcome', async () => {
    let first: string[] = [];
    await expect(
      run({ key: 'unknown' }, async (request) => {
        const ids = [await request.allocate('part', async () => 71), await request.allocate('part', async () => 72)];
        await request.keep(request.rowFor(`part-${ids[1]}`, 4));
        first = [request.eventId(0), request.eventId(1)];
        throw new Rejection('UNAVAILABLE', 'the connection broke');
      }),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await run({ key: 'unknown' }, async (request) => {
      expect([request.eventId(0), request.eventId(1)]).toEqual(first);
      expect(request.earlierTry).toEqual({ streams: { 'part-72': 4 } });
      const next = async (): Promise<number> => 99;
      expect([await request.allocate('part', next), await request.allocate('part', next), await request.allocate('part', next)]).toEqual([
        71, 72, 99,
      ]);
      await request.keep(request.rowFor('part-72', 9));
      return answered('found');
    });
    await keys.settled();
    const { rows } = await pool.query<{ streams: unknown }>("SELECT streams FROM app.idempotency_keys WHERE body = 'found'");
    expect(rows[0]?.streams).toEqual({ 'part-72': 4 });
  });

  it('is still running while its owner holds the lease, and is taken over when the owner died', async () => {
    const dead = another();
    await expect(
      run(
        { key: 'dead owner' },
        async (request) => {
          await request.keep(request.rowFor('part-8', 1));
          await pool.query("UPDATE app.idempotency_keys SET owner = gen_random_uuid() WHERE streams ? 'part-8'"); // as if another process held it
          throw new Error('killed');
        },
        dead,
      ),
    ).rejects.toThrow('killed');
    dead.close();
    await expect(run({ key: 'dead owner' }, never)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE' });
    await pool.query("UPDATE app.idempotency_keys SET lease_until = now() - interval '1 second' WHERE streams ? 'part-8'");
    await run({ key: 'dead owner' }, async (request) => {
      expect(request.earlierTry).toEqual({ streams: { 'part-8': 1 } });
      return answered('taken over');
    });
  });

  it('is not refused where nobody can say whether an earlier try has done what stands in its way', async () => {
    const unreachable = new pg.Pool({ host: '127.0.0.1', port: 1 });
    const cutOff = new IdempotencyKeys(unreachable, { relaxed: true, onFault: (fault) => faults.push(fault) });
    const refused = (): Promise<never> => Promise.reject(new Rejection('DUPLICATE_REFERENCE', 'a part has this reference'));
    await expect(run({ key: 'cut off' }, refused, cutOff)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    cutOff.close();
    await unreachable.end();
  });

  it('is forgotten after seven days', async () => {
    await run({ key: 'old' }, async () => answered('old'));
    await pool.query("UPDATE app.idempotency_keys SET created_at = now() - interval '7 days 1 minute' WHERE body = 'old'");
    await keys.purge();
    expect(await run({ key: 'old' }, async () => answered('new'))).toMatchObject({ replayed: false, body: 'new' });
  });

  it('loses its answer to an erasure however many others there are, of which no statement looks at many', async () => {
    await run({ key: 'says it' }, append('Erin'));
    await keys.settled();
    await pool.query(`INSERT INTO app.idempotency_keys (scope, fingerprint, event_id_base, allocated, owner, lease_until, status, headers, body)
      SELECT gen_random_uuid(), '', gen_random_uuid(), '{}', gen_random_uuid(), now(), 200, '{}', repeat('Erik ', 300) FROM generate_series(1, 40000)`);
    const asked: string[][] = [];
    const watched = new pg.Pool({ connectionString: database.ownerUrl });
    const query = watched.query.bind(watched) as (text: string, values: unknown[]) => Promise<pg.QueryResult>;
    Object.assign(watched, {
      query: (text: string, values: [string[] | string]) => {
        if (Array.isArray(values[0])) asked.push(values[0]);
        return query(text, values);
      },
    });
    const others = new IdempotencyKeys(watched, { relaxed: true, onFault: (fault) => faults.push(fault) });
    const holding = ['Erin', ...Array.from({ length: 20 }, (_, index) => `Erik${index}`)];
    await others.forgetAnswers({ holding, isSought: (body) => body.includes('Erin') });
    others.close();
    await watched.end();
    expect(Math.max(...asked.map(({ length }) => length))).toBeLessThanOrEqual(500);
    expect(asked.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(40_000);
    const { rows } = await pool.query("SELECT scope FROM app.idempotency_keys WHERE body LIKE '%Erin%'");
    expect(rows).toEqual([]);
    await pool.query("DELETE FROM app.idempotency_keys WHERE body LIKE 'Erik%'");
  });

  it('loses a text that vanishes, also where it was read long after it was said', async () => {
    const body = '{"data":[{"id":7,"text":"The seal is worn"}]}';
    await run({ key: 'read later' }, async () => answered(body));
    await keys.settled();
    const made = new Date(Date.now() - 26 * 3_600_000).toISOString();
    await keys.forgetText({ id: 7, text: 'The seal is worn', made });
    expect((await run({ key: 'read later' }, never)).body).toBe('{"data":[{"id":7,"text":null}]}');
  });

  it('loses a text however many answers came after it at one moment, and keeps those from before', async () => {
    const said = (at: string, of: string, count: number) =>
      pool.query(
        `INSERT INTO app.idempotency_keys (scope, fingerprint, event_id_base, allocated, owner, lease_until, status, headers, body, created_at)
         SELECT gen_random_uuid(), '', gen_random_uuid(), '{}', gen_random_uuid(), now(), 200, '{}', '{"id":7,"text":"Erwin","of":"' || $2 || '"}', $1::timestamptz
         FROM generate_series(1, $3)`,
        [at, of, count],
      );
    const made = new Date(Date.now() - 7_200_000).toISOString();
    await said(new Date(Date.now() - 14_400_000).toISOString(), 'before', 3);
    await said(made.replace('Z', '123Z'), 'after', 1_203);
    await keys.forgetText({ id: 7, text: 'Erwin', made });
    const { rows } = await pool.query(
      `SELECT body::jsonb ->> 'of' AS of, count(*)::int FROM app.idempotency_keys WHERE body LIKE '%"text":"Erwin"%' GROUP BY 1`,
    );
    expect(rows).toEqual([{ of: 'before', count: 3 }]);
    await pool.query(`DELETE FROM app.idempotency_keys WHERE body LIKE '{"id":7,%'`);
  });

  it('loses a text without the whole table being read time and again, once space is used anew', async () => {
    const [days, aDay] = [10, 2_000];
    for (let day = days; day > 0; day -= 1) {
      await pool.query(
        `INSERT INTO app.idempotency_keys (scope, fingerprint, event_id_base, allocated, owner, lease_until, status, headers, body, created_at)
         SELECT gen_random_uuid(), '', gen_random_uuid(), '{}', gen_random_uuid(), now(), 200, '{}', repeat('Erna ', 250),
           now() - make_interval(days => $1) + make_interval(secs => n * 86400.0 / $2) FROM generate_series(1, $2) n`,
        [day, aDay],
      );
      await pool.query('DELETE FROM app.idempotency_keys WHERE created_at < now() - make_interval(days => $1)', [day + 6]);
      await pool.query('VACUUM ANALYZE app.idempotency_keys');
    }
    let [blocks, kept] = [0, 0];
    const query = async (text: string, values: unknown[]): Promise<pg.QueryResult> => {
      if (text.startsWith('SELECT')) {
        const { rows } = await pool.query<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }>(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
          values,
        );
        for (const { Plan: plan } of rows[0]?.['QUERY PLAN'] ?? [])
          blocks += (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
      }
      const answer = await pool.query(text, values);
      if (text.startsWith('SELECT')) kept += answer.rows.length;
      return answer;
    };
    const made = new Date(Date.now() - 6.9 * 86_400_000).toISOString();
    await forgetInAnswers({ query: query as pg.Pool['query'] }, textTold({ id: 7, text: 'Erna', made }));
    expect(kept).toBeGreaterThan(6.8 * aDay);
    expect(blocks).toBeLessThan(2 * kept);
    await pool.query("DELETE FROM app.idempotency_keys WHERE body LIKE 'Erna%'");
  });

  it('loses a text that another request has read before, at once in its own process and a little later in another', async () => {
    const [here, there] = [another(2_000), another()];
    const told = '{"data":[{"id":7,"text":"Overheard"}]}';
    let [go, gone] = [(): void => undefined, false];
    const read = new Promise<StoredAnswer>((resolve) => (go = () => resolve(answered(told))));
    const underWay = [here, there].map((place, index) => run({ key: `overheard ${index}` }, () => read, place));
    await here.forgetText({ id: 7, text: 'Overheard', made: new Date().toISOString() });
    go();
    await Promise.all(underWay);
    expect((await run({ key: 'overheard 0' }, never, here)).body).toBe('{"data":[{"id":7,"text":null}]}');
    while (!gone) gone = (await pool.query(`SELECT FROM app.idempotency_keys WHERE body LIKE '%Overheard%'`)).rows.length === 0;
    expect((await run({ key: 'overheard 1' }, never, there)).body).toBe('{"data":[{"id":7,"text":null}]}');
    for (const place of [here, there]) place.close();
  });

  it.each(['', 'x'.repeat(256)])('needs a key of 1 to 255 characters', async (key) =>
    expect(run({ key }, never)).rejects.toMatchObject({ code: 'MALFORMED_REQUEST' }),
  );

  it('never lets a fault of the table replace an answer', () => expect(faults).toEqual([]));
});

describe('the fingerprint', () => {
  it('does not mind key order', () => expect(fingerprintOf({ body: { a: 1, b: [2] } })).toEqual(fingerprintOf({ body: { b: [2], a: 1 } })));
  it('minds values', () => expect(fingerprintOf({ body: { a: 1 } })).not.toEqual(fingerprintOf({ body: { a: '1' } })));
  it('stands lone surrogates', () => expect(fingerprintOf({ body: '\ud800' })).toEqual(fingerprintOf({ body: '\ud800' })));
});

type Keyed = { key: string; body?: unknown; operation?: string; credentialId?: string; customerId?: number };

const run = (
  { key, body = { a: 1 }, operation = 'PATCH /api/v1/parts/1', credentialId = 'k', customerId = 1 }: Keyed,
  work: (request: IdempotentRequest) => Promise<StoredAnswer>,
  of = keys,
) =>
  runInScope(
    {
      requestId: 'r',
      principal: { credential: { kind: 'api_key', id: credentialId }, customerId, userId: 1, rights: alike('all') },
      held: 'all',
      customer: { id: customerId, name: 'c' },
      entity: null,
    },
    () => of.run({ operation, key, fingerprint: fingerprintOf({ body }) }, work),
  );

const another = (longestRequestMs?: number): IdempotencyKeys =>
  new IdempotencyKeys(pool, {
    relaxed: true,
    onFault: (fault) => faults.push(fault),
    ...(longestRequestMs !== undefined && { longestRequestMs }),
  });

const answered = (body: string): StoredAnswer => ({ status: 201, headers: { ETag: '"0"', 'X-Position': '7' }, body });

const append =
  (stream: string) =>
  async (request: IdempotentRequest): Promise<StoredAnswer> => {
    await request.keep(request.rowFor(stream, -1));
    request.committed(7n);
    return answered(`{"stream":"${stream}","quote":"'\\\\ü"}`);
  };

const never = (): Promise<StoredAnswer> => Promise.reject(new Error('this must not run again'));

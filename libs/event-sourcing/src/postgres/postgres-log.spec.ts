import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { createDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { FaultyProxy } from '../../../../tools/faulty-proxy.js';
import { describeEventLog } from '../contract/event-log-contract.js';
import { prepareDatabase } from '../contract/log-database.js';
import { allAfter, idsOf, newStream, proposed, streamOf, type LogUnderTest } from '../contract/log-under-test.js';
import { isEvent, take } from '../contract/subscriptions.js';
import { LogUnavailable, UnknownOutcome } from '../event-log.js';
import type { KeyRow } from '../idempotent-attempt.js';
import { PostgresLog } from './postgres-log.js';

describeEventLog('PostgreSQL', async (): Promise<LogUnderTest> => {
  const database = await databaseWithLog();
  return {
    open: () => new PostgresLog({ url: database.url }),
    openBehindFaults: async () => {
      const target = new URL(database.url);
      const faults = await FaultyProxy.start({ host: target.hostname, port: Number(target.port) });
      const url = Object.assign(new URL(database.url), { port: String(faults.port), hostname: '127.0.0.1' }).href;
      return { log: new PostgresLog({ url }), faults };
    },
    restart: async () => {
      await asSuperuser(
        database,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    },
    close: () => database.drop(),
  };
});

describe('the log in PostgreSQL', () => {
  let database: TestDatabase;
  let log: PostgresLog;
  const children = new Set<ChildProcess>();
  beforeEach(async () => {
    database = await databaseWithLog();
    log = new PostgresLog({ url: database.url });
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
    await log.close();
    await database.drop();
  });

  /** Another process on this log; `lines` end when it ends. */
  const worker = (job: string, ...parameters: string[]): { child: ChildProcess; lines: AsyncIterableIterator<string> } => {
    const url = job === 'hold' ? database.ownerUrl : database.url;
    const typescript = join(process.cwd(), 'test/harness/typescript.mjs');
    const child = spawn(
      process.execPath,
      ['--import', typescript, join(import.meta.dirname, '../contract/log-worker.ts'), job, url, ...parameters],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    children.add(child);
    if (!child.stdout) throw new Error('no output');
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  };

  const collect = async (lines: AsyncIterable<string>): Promise<string[]> => {
    const all: string[] = [];
    for await (const line of lines) all.push(line);
    return all;
  };

  it('has no gap and loses nothing under 16 writers in two processes, also for a reader that follows them live', async () => {
    const stop = new AbortController();
    const live = log.subscribeAll(0n, { signal: stop.signal });
    const acknowledged = Promise.all([collect(worker('append', '8', '60').lines), collect(worker('append', '8', '60').lines)]);
    const last = proposed();
    const followed = take(live, isEvent(last.id));
    const ids = (await acknowledged).flat();
    await log.append({ stream: newStream(), expected: 'no stream', events: [last] });
    const events = await allAfter(log, 0n, new Set([...ids, last.id]));
    expect(ids).toHaveLength(960);
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 961 }, (_, index) => BigInt(index + 1)));
    const seen = (await followed).flatMap((item) => (item.kind === 'event' ? [item.event.id] : []));
    expect(seen).toEqual(idsOf(events));
    expect(await log.head()).toBe(961n);
    stop.abort();
  });

  it('decides every command on one hot stream once, from two processes', async () => {
    const id = randomUUID();
    const counts = (
      await Promise.all([collect(worker('count', id, '16', '20').lines), collect(worker('count', id, '16', '20').lines)])
    ).flat();
    expect(counts.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 640 }, (_, n) => n + 1));
    expect(await streamOf(log, `counting-${id}`)).toHaveLength(640);
  });

  it('lets no reader pass an append that is not committed yet', async () => {
    const holder = new Client({ connectionString: database.ownerUrl });
    await holder.connect();
    await holder.query('begin');
    const first = proposed();
    const held = await holder.query<{ last_position: string }>(
      "select last_position from log.append_judged(array['slow-1'], array[-1]::bigint[], array[1], array[$1]::uuid[], array['ContractTested'], array[$2], array[$3])",
      [first.id, `{"data":{},"id":"${first.id}","metadata":{},"revision":`, ',"stream":"slow-1","type":"ContractTested"}'],
    );
    expect(held.rows).toEqual([{ last_position: '1' }]);
    const second = proposed();
    const stop = new AbortController();
    const followed = take(log.subscribeAll(0n, { signal: stop.signal }), isEvent(second.id));
    const waiting = log.append({ stream: newStream(), expected: 'no stream', events: [second] });
    expect(await log.readAll(0n, 10)).toEqual([]);
    await holder.query('commit');
    await holder.end();
    expect((await waiting).position).toBe(2n);
    expect((await followed).flatMap((item) => (item.kind === 'event' ? [item.event.id] : []))).toEqual([first.id, second.id]);
    stop.abort();
  });

  it('frees the others from a stopped process that holds the lock', async () => {
    const { child, lines } = worker('hold');
    expect((await lines.next()).value).toBe('holding');
    child.kill('SIGSTOP');
    const appended = await log.append(
      { stream: newStream(), expected: 'no stream', events: [proposed()] },
      { deadline: Date.now() + 30_000 },
    );
    expect(appended.revision).toBe(0);
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('is not held up by a process that is stopped in the middle of its appends', async () => {
    const { child, lines } = worker('append', '16', '100000');
    for (let n = 0; n < 200; n += 1) await lines.next();
    child.kill('SIGSTOP');
    for (let n = 0; n < 20; n += 1)
      await log.append({ stream: newStream(), expected: 'no stream', events: [proposed()] }, { deadline: Date.now() + 30_000 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const head = await log.head();
    const { rows } = await asSuperuser(database, 'select count(*)::text as events, max(global_position)::text as last from log.events');
    expect(rows).toEqual([{ events: String(head), last: String(head) }]);
  });

  it('does not say that nothing was appended where its answer was lost and its key taken over meanwhile', async () => {
    const target = new URL(database.url);
    const faults = await FaultyProxy.start({ host: target.hostname, port: Number(target.port) });
    const behind = new PostgresLog({ url: Object.assign(target, { port: String(faults.port), hostname: '127.0.0.1' }).href });
    const [stream, event] = [newStream(), proposed()];
    const [scope, eventIdBase, owner] = [randomUUID(), randomUUID(), randomUUID()];
    const key: KeyRow = { scope, eventIdBase, owner, fingerprint: '00', streams: { [stream]: -1 }, allocated: {}, leaseSeconds: 5 };
    const cut = faults.cutBeforeReply((request) => request.includes(event.id));
    const appended = behind
      .append({ stream, expected: 'no stream', events: [event], keys: [key] }, { deadline: Date.now() + 30_000 })
      .catch((failure: unknown) => failure);
    await cut;
    faults.refuse();
    await asSuperuser(database, 'update app.idempotency_keys set owner = gen_random_uuid()');
    faults.pass();
    expect(await appended).toBeInstanceOf(UnknownOutcome);
    expect(idsOf(await streamOf(log, stream))).toEqual([event.id]);
    await behind.close();
    await faults.close();
  });

  it('keeps positions that no JavaScript number can hold', async () => {
    const start = 2n ** 53n + 1n;
    await asSuperuser(database, `update log.counter set position = ${start}`);
    const events = [proposed(), proposed()];
    expect(await log.append({ stream: newStream(), expected: 'no stream', events })).toMatchObject({
      position: start + 2n,
      firstPosition: start + 1n,
    });
    expect((await log.readAll(start + 1n, 10)).map(({ position }) => position)).toEqual([start + 2n]);
    const stop = new AbortController();
    const items = await take(log.subscribeAll(start, { categories: ['contract'], signal: stop.signal }), ({ kind }) => kind === 'caughtUp');
    expect(items.at(-1)).toEqual({ kind: 'caughtUp', position: start + 2n });
    stop.abort();
  });

  it('lets the role of the app read and append, and nothing else', async () => {
    await log.append({ stream: newStream(), expected: 'no stream', events: [proposed()] });
    const app = new Client({ connectionString: database.url });
    await app.connect();
    for (const statement of [
      'update log.events set type = type',
      'delete from log.events',
      'truncate log.events',
      'update log.counter set position = 0',
      "insert into log.events values (9, 0, gen_random_uuid(), 'a-1', 'a', 'A', '{}')",
    ])
      await expect(app.query(statement)).rejects.toThrow('permission denied');
    await app.end();
  });

  it('refuses what must not end in the log, and only that', async () => {
    const sound = log.append({ stream: newStream(), expected: 'no stream', events: [proposed()] });
    const append = (stream: string, event: object): Promise<unknown> =>
      log.append({ stream, expected: 'any', events: [{ ...proposed(), ...event }] });
    await expect(append('noDash', {})).rejects.toThrow(TypeError);
    await expect(append('part-1\n', {})).rejects.toThrow(TypeError);
    await expect(append('part-1', { id: 'no-uuid' })).rejects.toThrow(TypeError);
    await expect(append('part-1', { data: { text: '\ud800' } })).rejects.toThrow('surrogate');
    await expect(log.append({ stream: 'part-1', expected: 'any', events: [] })).rejects.toThrow(TypeError);
    expect((await sound).revision).toBe(0);
  });

  it('answers for a stream beside many who go through the log a page at a time, who take half of its connections', async () => {
    const stream = newStream();
    const { position } = await log.append({ stream, expected: 'no stream', events: [proposed()] });
    const holder = new Client({ connectionString: database.ownerUrl });
    await holder.connect();
    const stop = new AbortController();
    try {
      // A page asks how far the log goes, and waits here; a stream does not.
      await holder.query('begin; lock table log.counter in access exclusive mode');
      const pages = Array.from({ length: 8 }, () => log.subscribeAll(0n, { categories: ['contract'], signal: stop.signal }).next());
      const waiting = async (): Promise<number> =>
        (await asSuperuser(database, `select from pg_locks where relation = 'log.counter'::regclass and not granted`)).rowCount ?? 0;
      while ((await waiting()) < 2);
      expect(await log.readStream(stream)).toMatchObject([{ position }]);
      expect(await waiting()).toBe(2);
      await holder.query('commit');
      for (const page of pages) expect(await page).toMatchObject({ value: { kind: 'event', event: { position } } });
    } finally {
      stop.abort();
      await holder.end();
    }
  });

  it('answers what is under way when it is closed, and refuses what comes later', async () => {
    const other = new PostgresLog({ url: database.url });
    const appended = other.append({ stream: newStream(), expected: 'no stream', events: [proposed()] });
    await other.close();
    expect(await appended).toMatchObject({ revision: 0 });
    await expect(other.append({ stream: newStream(), expected: 'any', events: [proposed()] })).rejects.toThrow(LogUnavailable);
  });
});

async function databaseWithLog(): Promise<TestDatabase> {
  const database = await createDatabase();
  await prepareDatabase(database.ownerUrl);
  return database;
}

async function asSuperuser(database: TestDatabase, statement: string) {
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

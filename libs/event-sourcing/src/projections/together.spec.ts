import fc from 'fast-check';
import pg from 'pg';
import type { Projection } from '../projection.js';
import { beginSnapshot } from './live-membership.js';
import { eventually, journal, tally, World, type Counted } from './testing/world.js';

const soon = { timeout: 120_000 };

/** Counts the events of one category: with `journal`, two figures that must always agree. */
const counting = (version = 1, columns: Projection['tables'][number]['columns'] = {}): Projection<Counted> => ({
  name: 'counting',
  version,
  tables: [{ name: 'counting', columns: { stream: 'text', events: 'integer', ...columns }, key: ['stream'], indexes: [['events']] }],
  keys: ({ stream }) => [['counting', { stream }]],
  apply: ({ stream, data }, rows) => {
    const events = Number(rows.get('counting', { stream })?.events ?? 0) + 1;
    rows.put('counting', { stream, events, ...('largest' in columns && { largest: data.amount }) });
  },
});

describe('read models that serve', () => {
  let world: World;
  beforeEach(async () => (world = await World.create()));
  afterEach(() => world.end());

  it('show a prefix of the log at every moment, and never half an append, while one is rebuilt and worker after worker is lost', async () => {
    let engines = [await world.started([tally(), journal, counting()]), await world.started([tally(), journal, counting()])];
    let running = true;
    const looks = { taken: 0, torn: [] as unknown[] };
    const reader = new pg.Pool({ connectionString: world.database.url, max: 1 });
    reader.on('error', () => undefined);
    const looking = (async () => {
      while (running) {
        const { rows } = await reader.query<{ lines: number; counted: number; total: number; folded: number; whole: boolean }>(`
          select (select count(*)::int from read.journal_line) as lines, (select coalesce(sum(events), 0)::int from read.counting) as counted,
            (select coalesce(sum(amount), 0)::int from read.journal_line) as total, (select coalesce(sum(total), 0)::int from read.stream_tally) as folded,
            (select count(*) % 3 = 0 from read.journal_line) as whole`);
        const [seen] = rows;
        looks.taken += 1;
        if (!seen || seen.lines !== seen.counted || seen.total !== seen.folded || !seen.whole) looks.torn.push(seen);
      }
    })();
    const writing = (async () => {
      let last = 0n;
      for (let round = 0; round < 250; round++) last = await world.append(`box-${round % 7}`, round, 1, 2);
      return last;
    })();
    const [first, second] = engines;
    await first?.rebuild('counting');
    await world.cutConnections('worker locks');
    await second?.rebuild('tally');
    const last = await writing;
    engines = engines.filter(Boolean);
    await Promise.all(engines.map((engine) => engine.waitFor(last, soon)));
    running = false;
    await looking;
    await reader.end();
    expect(looks.torn).toEqual([]);
    expect(looks.taken).toBeGreaterThan(0);
    expect(await world.rows('select count(*)::int as lines from read.journal_line')).toEqual([{ lines: 750 }]);
  });

  it('stand together before a start is over, also where an earlier release left each at its own place', async () => {
    const before = await world.started([tally(), journal]);
    await before.waitFor(await world.append('box-1', 1), soon);
    await world.stop(before);
    await world.rows(`update app.projection_builds set live = false, shape = null, checkpoint = 1`);
    await world.rows(`update app.live_read_models set checkpoint = 0, release = null`);
    const position = await world.append('box-1', 2, 3);
    await world.rows(`update app.projection_builds set checkpoint = 3 where projection = 'tally'`);
    await world.rows(`update read_tally_v1.stream_tally set total = 6, amounts = '{1,2,3}', odd = false`);
    const engine = await world.started([tally(), journal]);
    expect(
      await world.rows('select (select sum(amount) from read.journal_line) as lines, (select total from read.stream_tally) as total'),
    ).toEqual([{ lines: '6', total: '6' }]);
    expect(await world.rows('select checkpoint::text from app.live_read_models')).toEqual([{ checkpoint: String(position) }]);
    expect((await engine.status()).map(({ state, shown }) => [state, shown])).toEqual([
      ['live', true],
      ['live', true],
    ]);
  });

  it('are the same ones for a reader from its first statement to its last, also where another build takes over', async () => {
    const engine = await world.started([tally(), journal]);
    await engine.waitFor(await world.append('box-1', 1, 2), soon);
    const reader = new pg.Client({ connectionString: world.database.url });
    await reader.connect();
    try {
      await reader.query(beginSnapshot);
      expect((await reader.query('select amount from read.journal_line')).rows).toHaveLength(2);
      const rebuilt = engine.rebuild('tally');
      const waiting = `select from pg_locks join pg_database d on d.oid = database where datname = current_database() and not granted and locktype = 'relation'`;
      await Promise.race([rebuilt, eventually(async () => (await world.rows(waiting)).length > 0)]);
      expect((await reader.query('select total from read.stream_tally')).rows).toEqual([{ total: '3' }]);
      await reader.query('commit');
      await rebuilt;
      expect((await reader.query('select total from read.stream_tally')).rows).toEqual([{ total: '3' }]);
    } finally {
      await reader.end();
    }
  });

  it('are not shown on an existing log before they have been folded', async () => {
    for (let stream = 0; stream < 10; stream++) await world.append(`box-${stream}`, 1, 2, 3);
    const slow: Projection<Counted> = {
      ...counting(),
      keys: (event) => {
        if (event.position === 30n) throw new Error('not yet');
        return counting().keys(event);
      },
    };
    await world.rows(
      `create function wait() returns trigger language plpgsql as 'begin raise exception $x$busy$x$ using errcode = $x$53000$x$; end'`,
    );
    const engine = world.engineOf([slow]);
    const starting = engine.start();
    await eventually(async () => (await world.rows(`select from pg_namespace where nspname = 'read_counting_v1'`)).length === 1);
    await starting;
    await engine.waitFor(30n, { ...soon, projections: ['counting'] });
    expect(await world.rows('select sum(events)::int as events from read.counting')).toEqual([{ events: 29 }]);
  });

  it('of another shape are rebuilt beside what serves, which shows the new column as null until then', async () => {
    const old = await world.started([counting(), journal]);
    await old.waitFor(await world.append('box-1', 4, 5), soon);
    await world.stop(old);
    const lock = await world.locked('app.parked_streams');
    await lock.release();
    const seen: unknown[] = [];
    const next = world.engineOf([counting(1, { largest: 'integer' }), journal]);
    await next.start();
    seen.push(...(await world.rows('select events, largest from read.counting')));
    expect([[{ events: 2, largest: null }], [{ events: 2, largest: 5 }]]).toContainEqual(seen);
    await next.waitFor(await world.append('box-1', 6), soon);
    await eventually(async () => (await world.rows('select largest from read.counting'))[0]?.['largest'] === 6);
    expect(await world.rows('select serving from app.projections order by name')).toEqual([
      { serving: 'read_counting_v1_1' },
      { serving: 'read_journal_v1' },
    ]);
    expect(await world.rows('select events from read.counting')).toEqual([{ events: 3 }]);
  });

  it('of another shape that cannot be written any more are not shown until the new build serves, and nobody else is touched', async () => {
    const old = await world.started([counting(1, { largest: 'integer' }), journal]);
    await old.waitFor(await world.append('box-1', 4, 5), soon);
    await world.stop(old);
    const next = await world.started([counting(), journal]);
    const position = await world.append('box-1', 6);
    await next.waitFor(position, soon);
    expect(await world.rows('select count(*)::int as lines from read.journal_line')).toEqual([{ lines: 3 }]);
    await next.waitFor(position, { ...soon, projections: ['counting'] });
    expect(await world.rows('select * from read.counting')).toEqual([{ stream: 'box-1', events: 3 }]);
  });

  it('are looked after while an index takes its time, and a stop does not wait for it', async () => {
    const before = await world.started([counting(), tally()]);
    await before.waitFor(await world.append('box-1', 1), soon);
    await world.stop(before);
    const holder = await world.session();
    await holder.query('begin; lock table read_counting_v1.counting in row exclusive mode');
    const [table] = counting().tables;
    const next = await world.started([{ ...counting(), tables: table ? [{ ...table, indexes: [['events', 'stream']] }] : [] }, tally()]);
    const making = () =>
      world.rows(
        `select from pg_stat_activity where datname = current_database() and query like 'create index %' and wait_event_type = 'Lock'`,
      );
    await eventually(async () => (await making()).length > 0);
    await next.rebuild('tally');
    await world.stop(next);
    expect(await making()).toEqual([]);
    await holder.end();
  });

  it('get an index that came with a release, and lose one that went, without being rebuilt', async () => {
    const old = await world.started([counting()]);
    await old.waitFor(await world.append('box-1', 4), soon);
    await world.stop(old);
    const [table] = counting().tables;
    const next = await world.started([{ ...counting(), tables: table ? [{ ...table, indexes: [['events', 'stream']] }] : [] }]);
    const indexes = () =>
      world.rows<{ text: string }>(
        `select indexdef as text from pg_indexes where schemaname = 'read_counting_v1' and indexname like '%_by_%'`,
      );
    await eventually(async () => {
      // While an index is dropped, PostgreSQL may fail to say what it was.
      const [one, more] = await indexes().catch(() => []);
      return more === undefined && (one?.text.endsWith('(events, stream)') ?? false);
    });
    await next.waitFor(await world.append('box-1', 5), soon);
    expect(await world.rows('select schema_name, live from app.projection_builds')).toEqual([
      { schema_name: 'read_counting_v1', live: true },
    ]);
  });

  it('have one digest, however the log was cut into batches', async () => {
    const appends = fc.array(fc.tuple(fc.constantFrom('box-1', 'bag-2', 'jar-3'), fc.array(fc.nat(9), { minLength: 1, maxLength: 5 })), {
      minLength: 1,
      maxLength: 10,
    });
    const engine = await world.started([tally(), journal, counting()]);
    await fc.assert(
      fc.asyncProperty(appends, async (history) => {
        let last = 0n;
        for (const [stream, amounts] of history) last = await world.append(stream, ...amounts);
        await engine.waitFor(last, soon);
        const live = await engine.digest('counting');
        expect(live.position).toBe(last);
        await engine.rebuild('counting');
        expect(await engine.digest('counting')).toEqual(live);
      }),
      { numRuns: 6 },
    );
  });
});

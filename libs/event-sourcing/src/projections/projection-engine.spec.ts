import fc from 'fast-check';
import type { Projection } from '../projection.js';
import { PositionNotReached } from './position-waiters.js';
import { eventually, journal, rarely, tally, World, type Counted } from './testing/world.js';

const soon = { timeout: 120_000 };

describe('projections', () => {
  let world: World;
  beforeEach(async () => (world = await World.create()));
  afterEach(() => world.end());

  it('show what was appended, from the beginning and live', async () => {
    const first = await world.append('box-1', 1, 2, 3);
    const engine = await world.started([tally(), journal]);
    await engine.waitFor(first, soon);
    expect(await world.rows('select stream, total, mean, amounts, state, odd from read.stream_tally')).toEqual([
      {
        stream: 'box-1',
        total: '6',
        mean: '1.50',
        amounts: ['1', '2', '3'],
        state: { last: { kind: 'fizz', amount: 3 }, note: null },
        odd: false,
      },
    ]);
    await engine.waitFor(await world.append('box-1', 5), soon);
    expect(await world.rows('select total, amounts from read.stream_tally')).toEqual([{ total: '11', amounts: ['2', '3', '5'] }]);
    expect(await world.rows('select amount from read.journal_line order by position')).toHaveLength(4);
  });

  it('reach the position of an event none of theirs, in this process and in another', async () => {
    const working = await world.started([rarely]);
    const standingBy = await world.started([rarely]);
    for (let round = 0; round < 5; round++) {
      const position = await world.append('box-1', round);
      await Promise.all([working.waitFor(position, soon), standingBy.waitFor(position, soon)]);
    }
    expect((await standingBy.status())[0]).toMatchObject({ state: 'standing by', checkpoint: 5n, lagEvents: 0, lagMs: 0 });
  });

  it('are waited for by another process too, and only those that are named', async () => {
    const working = await world.started([tally()]);
    const other = await world.started([tally(), journal]);
    const position = await world.append('box-7', 4);
    await other.waitFor(position, soon);
    expect(await world.rows('select total from read.stream_tally')).toEqual([{ total: '4' }]);
    await working.waitFor(position, { ...soon, projections: ['tally'] });
    await expect(other.waitFor(position + 1n, { timeout: 50 })).rejects.toThrow(PositionNotReached);
    await expect(other.waitFor(position + 1n, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
  });

  it('write rows and checkpoint together or not at all', async () => {
    const engine = await world.started([tally()]);
    await engine.waitFor(await world.append('box-1', 1), soon);
    await world.rows(
      `create function refuse() returns trigger language plpgsql as 'begin raise exception $x$no room$x$ using errcode = $x$53100$x$; end'`,
    );
    await world.rows('create trigger refuse before insert on read_tally_v1.kind_tally execute function refuse()');
    const position = await world.append('box-1', 2);
    await eventually(async () => (await engine.status())[0]?.state === 'failed');
    expect((await engine.status())[0]?.reason).toBe('no room');
    expect(await world.rows('select total, checkpoint from read_tally_v1.stream_tally, app.live_read_models')).toEqual([
      { total: '1', checkpoint: '1' },
    ]);
    await world.rows('drop trigger refuse on read_tally_v1.kind_tally');
    await engine.waitFor(position, soon);
    expect(await world.rows('select total from read.stream_tally')).toEqual([{ total: '3' }]);
  });

  it('are no longer shown when their tables cannot be written, hold nobody up, and come back', async () => {
    const engine = await world.started([tally(), journal]);
    await engine.waitFor(await world.append('box-1', 1), soon);
    await world.rows('alter table read_journal_v1.journal_line rename column note to remark');
    const position = await world.append('box-1', 2);
    await engine.waitFor(position, soon);
    expect(await world.rows('select total from read.stream_tally')).toEqual([{ total: '3' }]);
    await expect(world.rows('select * from read.journal_line')).rejects.toMatchObject({ code: '42P01' });
    // Between two tries it has not failed yet.
    let status = await engine.status();
    while (status[1]?.state !== 'failed') status = await engine.status();
    expect(status).toMatchObject([
      { state: 'live', shown: true, checkpoint: 2n },
      { state: 'failed', shown: false, checkpoint: 1n },
    ]);
    await expect(engine.waitFor(position, { projections: ['journal'], timeout: 50 })).rejects.toThrow(PositionNotReached);
    await world.rows('alter table read_journal_v1.journal_line rename column remark to note');
    await engine.waitFor(position, { ...soon, projections: ['journal'] });
    expect(await world.rows('select amount from read.journal_line order by position')).toEqual([{ amount: '1' }, { amount: '2' }]);
    expect(
      await world.rows('select live, serving is not null as serves from app.projection_builds join app.projections on name = projection'),
    ).toEqual([
      { live: true, serves: true },
      { live: true, serves: true },
    ]);
  });

  it('that cannot be written for a lock leave too, once that has lasted', async () => {
    const engine = await world.started([tally(), journal]);
    await engine.waitFor(await world.append('box-1', 1), soon);
    const { release } = await world.locked('read_journal_v1.journal_line');
    const position = await world.append('box-1', 2);
    await engine.waitFor(position, soon);
    expect(await world.rows('select total from read.stream_tally')).toEqual([{ total: '3' }]);
    await release();
    await engine.waitFor(position, { ...soon, projections: ['journal'] });
  });

  it('go on after every connection was cut', async () => {
    const engine = await world.started([tally(), journal]);
    await engine.waitFor(await world.append('box-1', 1, 2), soon);
    await world.cutConnections();
    await engine.waitFor(await world.append('box-1', 3), soon);
    expect(await world.rows('select total from read.stream_tally')).toEqual([{ total: '6' }]);
    expect(await world.rows('select amount from read.journal_line')).toHaveLength(3);
  });

  it('have the same digest live, restarted and rebuilt, whatever happened', async () => {
    const event: fc.Arbitrary<Counted['data']> = fc.record(
      {
        amount: fc.integer({ min: 0, max: 9 }),
        kind: fc.constantFrom('a', 'B', 'ä', '"\\\t', ''),
        note: fc.string({ unit: 'grapheme', maxLength: 5 }),
      },
      { requiredKeys: ['amount', 'kind'] },
    );
    const appends = fc.array(
      fc.tuple(fc.constantFrom('box-1', 'box-2', 'bag-1', 'jar-9'), fc.array(event, { minLength: 1, maxLength: 12 })),
      { minLength: 1, maxLength: 8 },
    );
    const names = ['tally', 'journal'];
    let engine = await world.started([tally(), journal]);
    await fc.assert(
      fc.asyncProperty(appends, fc.boolean(), async (history, restart) => {
        let position = 0n;
        for (const [stream, events] of history)
          position = await world.append(stream, ...events.map((it) => ({ ...it, note: it.note?.replaceAll('\0', '') })));
        if (restart) {
          await world.stop(engine);
          engine = await world.started([tally(), journal]);
        }
        await engine.waitFor(position, soon);
        await eventually(
          async () => (await engine.digest('tally')).position >= position && (await engine.digest('journal')).position >= position,
        );
        const live = await Promise.all(names.map((name) => engine.digest(name)));
        await Promise.all(names.map((name) => engine.rebuild(name)));
        expect(await Promise.all(names.map((name) => engine.digest(name)))).toEqual(live);
      }),
      { numRuns: 12 },
    );
  });

  it('refuse two tables or projections of one name', () => {
    expect(() => world.engineOf([journal, { ...journal, name: 'other' }])).toThrow('table journal_line is defined twice');
    expect(() => world.engineOf([journal, journal])).toThrow('projection journal is defined twice');
  });
});

describe('a rebuild', () => {
  let world: World;
  beforeEach(async () => (world = await World.create()));
  afterEach(() => world.end());

  it('replaces the tables under live writes and reads, without ever showing less than before', async () => {
    const engine = await world.started([tally(), journal]);
    for (let stream = 0; stream < 30; stream++) await world.append(`box-${stream}`, ...Array.from({ length: 200 }, (_, amount) => amount));
    const before = await world.append('box-1', 1);
    await engine.waitFor(before, soon);
    let running = true;
    let shown = 0;
    const reading = (async () => {
      while (running) {
        const [row] = await world.rows<{ lines: number }>('select count(*)::int as lines from read.journal_line');
        expect(row?.lines).toBeGreaterThanOrEqual(shown);
        shown = row?.lines ?? 0;
      }
    })();
    const writing = (async () => {
      while (running) await world.append('bag-2', 3, 4);
    })();
    await engine.rebuild('journal');
    await engine.rebuild('tally');
    await engine.rebuild('journal');
    running = false;
    await Promise.all([reading, writing]);
    expect(shown).toBeGreaterThanOrEqual(Number(before));
    const position = await world.append('box-1', 1);
    await engine.waitFor(position, soon);
    const [lines] = await world.rows<{ lines: number }>('select count(*)::int as lines from read.journal_line');
    expect(BigInt(lines?.lines ?? 0)).toBe(position);
    await eventually(async () => (await world.rows(`select from pg_namespace where nspname like 'read\\_journal%'`)).length === 1);
    expect(await world.rows('select projection, generation, retired from app.projection_builds order by 1')).toEqual([
      { projection: 'journal', generation: 2, retired: false },
      { projection: 'tally', generation: 1, retired: false },
    ]);
  });

  it('can be asked of a process that stands by', async () => {
    const working = await world.started([tally()]);
    const other = await world.started([tally()]);
    await working.waitFor(await world.append('box-1', 1), soon);
    await other.rebuild('tally', { signal: AbortSignal.timeout(120_000) });
    expect(await world.rows('select serving from app.projections')).toEqual([{ serving: 'read_tally_v1_1' }]);
  });

  it('of another release is made beside a process that works the old one, and shown when that has gone; older code keeps away from it', async () => {
    const old = await world.started([tally(1)]);
    await old.waitFor(await world.append('box-1', 1, 2), soon);
    const wider: Projection<Counted> = {
      ...tally(2),
      tables: [...tally(2).tables, { name: 'extra', columns: { id: 'uuid' }, key: ['id'] }],
    };
    const next = await world.started([wider]);
    await eventually(
      async () => (await world.rows(`select from app.projection_builds where version = 2 and indexed and checkpoint = 2`)).length === 1,
    );
    expect((await next.status())[0]).toMatchObject({
      state: 'failed',
      shown: false,
      reason: 'a process of another release works the read models',
    });
    await old.waitFor(await world.append('box-1', 3), soon);
    expect(await world.rows('select total from read.stream_tally')).toEqual([{ total: '6' }]);
    await world.stop(old);
    await next.waitFor(await world.append('box-1', 4), { ...soon, projections: ['tally'] });
    expect(await world.rows('select total from read.stream_tally')).toEqual([{ total: '10' }]);
    await eventually(async () => (await world.rows('select serving from app.projections'))[0]?.['serving'] === 'read_tally_v2');
    expect(await world.rows('select * from read.extra')).toEqual([]);
    await eventually(async () => (await world.rows(`select from pg_namespace where nspname = 'read_tally_v1'`)).length === 0);
    await world.stop(next);
    const late = await world.started([tally(1)]);
    expect((await late.status())[0]).toMatchObject({
      state: 'failed',
      shown: false,
      reason: 'version 2 serves already, made by newer code; this is 1',
    });
  });
});

describe('a stream that cannot be folded', () => {
  let world: World;
  beforeEach(async () => (world = await World.create()));
  afterEach(() => world.end());

  it('is parked with an alarm; the others go on; after the fix everything equals a fresh fold', async () => {
    const alarms: string[] = [];
    const broken = tally(1, ({ stream, revision }) => stream === 'box-2' && revision === 1);
    const engine = await world.started([broken, journal], { onParked: (streams) => alarms.push(...streams.map(({ stream }) => stream)) });
    await world.append('box-1', 1, 1);
    await world.append('box-2', 1, 2, 3);
    await world.append('bag-1', 5);
    const position = await world.append('box-2', 4);
    await engine.waitFor(position, soon);
    expect(await world.rows('select stream, total from read.stream_tally order by stream')).toEqual([
      { stream: 'bag-1', total: '5' },
      { stream: 'box-1', total: '2' },
      { stream: 'box-2', total: '1' },
    ]);
    expect(await world.rows('select * from read.journal_line')).toHaveLength(7);
    await eventually(() => alarms.length > 0);
    expect(alarms).toEqual(['box-2']);
    expect(engine.isParked('tally', 'box-2')).toBe(true);
    expect(engine.isParked('tally', 'box-1')).toBe(false);
    expect((await engine.status()).map(({ parkedStreams }) => parkedStreams)).toEqual([['box-2'], []]);
    expect(await world.rows('select stream, event_type, error, position, events, last_position from app.parked_streams')).toEqual([
      { stream: 'box-2', event_type: 'Counted', error: 'Error: cannot fold Counted', position: '4', events: '3', last_position: '7' },
    ]);
    await world.stop(engine);

    const mended = await world.started([tally(), journal]);
    await eventually(
      async () => (await world.rows('select serving from app.projections order by name'))[1]?.['serving'] === 'read_tally_v1_1',
    );
    await mended.waitFor(await world.append('box-2', 9), soon);
    expect(await world.rows(`select total from read.stream_tally where stream = 'box-2'`)).toEqual([{ total: '19' }]);
    expect((await mended.status())[0]?.parkedStreams).toEqual([]);
    const live = await mended.digest('tally');
    await mended.rebuild('tally');
    expect((await mended.digest('tally')).digest).toBe(live.digest);
  });

  it('is found also when only the database refuses its rows, among many that are sound', async () => {
    const engine = await world.started([tally(), journal]);
    await engine.waitFor(await world.append('box-0', 1), soon);
    const tooLong = { amount: 2 ** 40, kind: 'x' }; // 2^40 % 2 fits; the sum below does not
    const outOfRange: Projection<Counted> = {
      ...journal,
      name: 'narrow',
      tables: [{ name: 'narrow_line', columns: { position: 'numeric', amount: 'integer' }, key: ['position'], appendOnly: true }],
      apply: ({ position, data }, rows) => rows.add('narrow_line', { position: String(position), amount: data.amount }),
    };
    for (let stream = 0; stream < 40; stream++) await world.append(`box-${stream}`, 1, 2, stream === 17 ? tooLong : 3, 4);
    const position = await world.append('box-17', 5);
    await engine.waitFor(position, soon);
    await world.stop(engine);
    const narrow = await world.started([outOfRange]);
    await narrow.waitFor(position, { ...soon, projections: ['narrow'] });
    expect(await world.rows('select count(*)::int from read.narrow_line')).toEqual([{ count: Number(position) - 3 }]);
    expect(await world.rows('select stream, events from app.parked_streams')).toEqual([{ stream: 'box-17', events: '3' }]);
  });
});

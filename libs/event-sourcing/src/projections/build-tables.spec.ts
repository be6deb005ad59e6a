import pg from 'pg';
import type { RecordedEvent } from '../event.js';
import type { Projection } from '../projection.js';
import { BuildCatalog } from './build-catalog.js';
import { BuildTables } from './build-tables.js';
import { CheckpointMoved } from './checkpoint-step.js';
import { eventually, tally, World, type Counted } from './testing/world.js';

/** So many that new rows go by COPY, and fewer than a stretch has events: rows change in both. */
const streams = 251;
const eventAt = (number: number): RecordedEvent<Counted> => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  stream: `box-${(number * 7) % streams}`,
  revision: Math.floor(number / streams),
  position: BigInt(number),
  type: 'Counted',
  data: { amount: number % 5, kind: number % 3 === 0 ? 'fizz' : 'plain' },
  metadata: { recorded_at: '2026-11-30T08:00:00.000Z' } as RecordedEvent['metadata'],
});
const eventsAt = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => eventAt(first + index));
const [first, second] = [eventsAt(1, 400), eventsAt(401, 700)];
const [firstEnd, secondEnd] = [400n, 700n];

/** One stream is parked in the first stretch, at its second event, and has one more in the other. */
const folded = tally(1, ({ stream, revision }) => stream === 'box-7' && revision === 1);

describe('the tables of a build that is worked by itself', () => {
  let world: World;
  let owner: pg.Pool;
  let pool: pg.Pool;
  let catalog: BuildCatalog;
  let schema: string;
  /** Characters of rows that may wait in memory: 1 has each stretch handed over at once. */
  let room: number;
  beforeAll(async () => {
    world = await World.create();
    owner = new pg.Pool({ connectionString: world.database.ownerUrl }).on('error', () => undefined);
    pool = new pg.Pool({ connectionString: world.database.url, options: '-c timezone=UTC -c datestyle=ISO', max: 2 })
      .on('error', () => undefined)
      .on('connect', (client) => client.on('error', () => undefined));
    catalog = new BuildCatalog(pool, owner);
  });
  beforeEach(async () => {
    schema = await catalog.create(folded);
    room = 1;
  });
  afterAll(async () => {
    await Promise.all([pool.end(), owner.end()]);
    await world.end();
  });

  async function begun(projection: Projection = folded, of = schema): Promise<BuildTables> {
    const nothing = (): void => undefined;
    const tables = new BuildTables(projection, of, projection.tables, pool, world.log, nothing, () => room);
    await tables.reload();
    return tables;
  }

  async function contentOf(of: string) {
    const tables = folded.tables.map(({ name }) =>
      world.rows(`select count(*), md5(string_agg(t::text, ' ' order by t::text)) as digest from ${of}.${name} t`),
    );
    const parked = 'select stream, position, events, last_position, error from app.parked_streams where schema_name = $1';
    return Promise.all([...tables, world.rows(parked, of)]);
  }

  /** What one transaction makes of all. */
  async function whole() {
    const another = { ...folded, name: 'whole' };
    const of = await catalog.create(another);
    await (await begun(another, of)).foldAndWrite([...first, ...second], secondEnd);
    return contentOf(of);
  }

  /** A transaction that holds up whoever writes, until it is ended. */
  async function held(statement: string, ...values: string[]) {
    const session = await world.session();
    await session.query('begin');
    await session.query(statement, values);
    return session;
  }
  /** Whoever did not wait for the held up one has been answered by then: there are two connections, and who comes first has them. */
  const otherConnection = () => pool.query('select');
  const holdCheckpoint = () => held('select from app.projection_builds where schema_name = $1 for update', schema);

  it('count on from rows that are not in the database yet, and the next rows are written when these are', async () => {
    const tables = await begun();
    const holding = await holdCheckpoint();
    await tables.foldAhead(first, firstEnd);
    room = Infinity;
    await tables.foldAhead(second, secondEnd);
    const flushed = tables.flush();
    await otherConnection();
    await holding.end();
    await flushed;
    expect(tables.stored).toBe(secondEnd);
    expect(await contentOf(schema)).toEqual(await whole());
  });

  it('begin again from what is stored where a transaction was cut in the middle, and keep nothing of it', async () => {
    const tables = await begun();
    // The rows of one table are in the transaction by then, those of the other wait.
    const holding = await held(`lock table ${schema}.kind_tally in share mode`);
    await tables.foldAhead(first, firstEnd);
    const waiting = `select from pg_locks where not granted and relation = '${schema}.kind_tally'::regclass`;
    await eventually(async () => (await world.rows(waiting)).length > 0);
    await world.cutConnections();
    await expect(tables.flush()).rejects.toThrow();
    await holding.end();
    await tables.reload();
    expect([tables.stored, await contentOf(schema)]).toEqual([0n, await contentOf(await catalog.create({ ...folded, name: 'empty' }))]);
    await tables.foldAhead(first, firstEnd);
    await tables.foldAhead(second, secondEnd);
    await tables.flush();
    expect(await contentOf(schema)).toEqual(await whole());
  });

  it('ask what is stored only after what is being written', async () => {
    const tables = await begun();
    const holding = await holdCheckpoint();
    await tables.foldAhead(first, firstEnd);
    const again = tables.reload();
    await otherConnection();
    await holding.end();
    await again;
    expect(tables.stored).toBe(firstEnd);
  });

  it('are filled also where what an event is refused for would be cut, or comes, with half a character', async () => {
    const apply = (): void => {
      throw new Error(`\ud83d${'x'.repeat(1_991)}\u{1f600} was that`);
    };
    const tables = await begun({ ...folded, apply });
    await tables.foldAhead(first.slice(0, 1), 1n);
    await tables.flush();
    expect(await world.rows('select error from app.parked_streams where schema_name = $1', schema)).toEqual([
      { error: `Error: ${'x'.repeat(1_991)}` },
    ]);
  });

  it('get through in smaller hand-overs where the database has run out of time over a large one', async () => {
    await owner.query(`
      create function ${schema}.refuse_many() returns trigger language plpgsql as $$ begin
        if (select count(*) from added) > 100 then raise exception 'out of time' using errcode = '57014'; end if;
        return null;
      end $$;
      create trigger refuse_many after insert on ${schema}.stream_tally referencing new table as added for each statement execute function ${schema}.refuse_many()`);
    const tables = await begun();
    const events = [...first, ...second];
    room = Infinity;
    const failures: unknown[] = [];
    // Three times too much: 700 events, 350, and 200 of fewer streams.
    while (tables.stored < secondEnd && failures.length < 8) {
      try {
        for (let at = Number(tables.stored); at < events.length; at += 50)
          await tables.foldAhead(events.slice(at, at + 50), BigInt(Math.min(at + 50, events.length)));
        await tables.flush();
      } catch (error) {
        failures.push(error);
        await tables.reload();
      }
    }
    for (const failure of failures) expect(failure).toMatchObject({ code: '57014' });
    expect([failures.length > 0, await contentOf(schema)]).toEqual([true, await whole()]);
  });

  it('are left alone by one who does not know that another has worked on them', async () => {
    const late = await begun();
    await late.foldAhead(first, firstEnd);
    await late.flush();
    const other = await begun();
    await other.foldAhead(second, secondEnd);
    await other.flush();
    await late.foldAhead(second, secondEnd);
    await expect(late.flush()).rejects.toThrow(CheckpointMoved);
    expect(await contentOf(schema)).toEqual(await whole());
  });
});

import { commandContext, countOne, counting, type Count, type Counted } from './contract/counting.js';
import { preparedLog } from './contract/log-database.js';
import type { Stream } from './decider.js';
import type { EventLog } from './event-log.js';
import { EventStore } from './event-store.js';
import { Sequences } from './sequences.js';
import { PostgresSnapshots } from './snapshots.js';

const prepared = preparedLog(['tested']);

/** Two pages, one of which hardly ever changes. */
const paged = (version: number): Stream<Count, Counted> => ({
  ...counting,
  snapshots: {
    version,
    everyEvents: 10,
    pagesOf: ({ count, last }, since) =>
      new Map<string, unknown>(
        [
          ['count', count],
          ['last', last],
        ].filter(([page]) => page === 'count' || since?.last !== last) as [string, unknown][],
      ),
    stateOf: (pages) => ({ count: pages.get('count') as number, last: pages.get('last') as string }),
  },
});

const snapshots = { get: () => new PostgresSnapshots(prepared.pool) };

/** Counts the events that are read from the streams. */
function counted(): { log: EventLog; eventsRead: () => number } {
  let read = 0;
  const over = Object.assign(Object.create(prepared.log) as EventLog, {
    readStream: async (...asked: Parameters<EventLog['readStream']>) => {
      const events = await prepared.log.readStream(...asked);
      read += events.length;
      return events;
    },
  });
  return { log: over, eventsRead: () => read };
}

const storeOn = (over: EventLog): EventStore => new EventStore(over, new Sequences(prepared.pool), { snapshots: snapshots.get() });

async function streamOfThirty(id: string, stream = paged(1)): Promise<void> {
  const store = storeOn(prepared.log);
  for (let n = 0; n < 30; n += 1) {
    await store.execute(stream, id, countOne('same'), { context: commandContext() });
    await store.close();
  }
}

describe('a snapshot', () => {
  it('spares reading a long stream again', async () => {
    await streamOfThirty('spared');
    const { log: over, eventsRead } = counted();
    expect(await storeOn(over).load(paged(1), 'spared')).toMatchObject({ state: { count: 30, last: 'same' }, revision: 29 });
    expect(eventsRead()).toBe(1);
  });

  it('rewrites only the pages that changed, also while commands go on', async () => {
    await streamOfThirty('pages');
    // Whoever writes the page again writes it without the space.
    await prepared.pool.query("update app.snapshot_pages set content = ' \"same\"' where stream = 'counting-pages' and page = 'last'");
    const store = storeOn(prepared.log);
    const count = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1) await store.execute(paged(1), 'pages', countOne('same'), { context: commandContext() });
    };
    await Promise.all(Array.from({ length: 8 }, () => count(30)));
    await store.close();
    const { rows } = await prepared.pool.query<{ count: string; last: string }>(
      `select c.content as count, l.content as last from app.snapshot_pages c join app.snapshot_pages l using (stream)
       where stream = 'counting-pages' and c.page = 'count' and l.page = 'last'`,
    );
    expect(rows[0]?.last).toBe(' "same"');
    expect(Number(rows[0]?.count)).toBeGreaterThan(200);
  });

  it('of another version of the decider is not used, and is replaced', async () => {
    await streamOfThirty('version');
    const { log: over, eventsRead } = counted();
    const store = storeOn(over);
    expect(await store.load(paged(2), 'version')).toMatchObject({ state: { count: 30 } });
    expect(eventsRead()).toBe(30);
    await store.close();
    const { rows } = await prepared.pool.query("select version, revision from app.snapshots where stream = 'counting-version'");
    expect(rows).toEqual([{ version: 2, revision: '29' }]);
  });

  it('of another log is not used', async () => {
    await streamOfThirty('foreign');
    await prepared.pool.query("update app.snapshots set event_id = gen_random_uuid() where stream = 'counting-foreign'");
    await prepared.pool.query("update app.snapshot_pages set content = '1000' where stream = 'counting-foreign' and page = 'count'");
    expect(await storeOn(prepared.log).load(paged(1), 'foreign')).toMatchObject({ state: { count: 30 } });
  });

  it('past a revision is not used to fold up to it', async () => {
    await streamOfThirty('earlier');
    expect(await storeOn(prepared.log).loadAt(paged(1), 'earlier', 4)).toMatchObject({ count: 5 });
  });

  it('is only a help: without the table the events say the same, and the log says what is missing', async () => {
    await streamOfThirty('without');
    const none = {
      load: () => Promise.reject(new Error('gone')),
      saveChanges: () => Promise.reject(new Error('gone')),
      saveAll: () => Promise.reject(new Error('gone')),
    };
    const warnings: string[] = [];
    const logger = { warn: (_: object, message: string) => void warnings.push(message) };
    const store = new EventStore(prepared.log, new Sequences(prepared.pool), { snapshots: none, logger });
    expect(await store.load(paged(1), 'without')).toMatchObject({ state: { count: 30 } });
    expect(await store.execute(paged(1), 'without', countOne('more'), { context: commandContext() })).toMatchObject({ revision: 30 });
    await store.close();
    expect(new Set(warnings)).toEqual(new Set(['a snapshot cannot be read; the whole stream is', 'a snapshot cannot be stored']));
  });
});

describe('ids from a sequence', () => {
  it('are handed out once, also to two processes at a time', async () => {
    const [one, other] = [new Sequences(prepared.pool), new Sequences(prepared.pool)];
    const ids = await Promise.all(Array.from({ length: 400 }, async (_, n) => (n % 2 ? one : other).next('tested')));
    expect(new Set(ids).size).toBe(400);
  });

  it('follow each other when they are asked for now and then', async () => {
    const ids = new Sequences(prepared.pool);
    await ids.advancePast('tested', 5_000);
    expect(await ids.next('tested')).toBe(5_001);
  });

  it('go past what the log holds, and never back', async () => {
    const ids = new Sequences(prepared.pool);
    await ids.advancePast('tested', 10_000);
    await ids.advancePast('tested', 7);
    expect(await ids.next('tested')).toBe(10_001);
  });
});

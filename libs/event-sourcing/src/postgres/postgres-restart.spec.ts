import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../../../src/embedded-postgres/index.js';
import { commandContext, countOne, counting } from '../contract/counting.js';
import { prepareDatabase } from '../contract/log-database.js';
import { idsOf, newStream, proposed, streamOf } from '../contract/log-under-test.js';
import { storeOn } from '../contract/runner.js';
import { eventsOf, isEvent, take } from '../contract/subscriptions.js';
import { PostgresLog } from './postgres-log.js';

describe('a database server that is killed and comes back', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let log: PostgresLog;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millwright-restart-'));
    await chmod(directory, 0o711); // root's server runs as another user, who must get in
    server = await EmbeddedPostgres.start({ directory });
    await prepareDatabase(server.urlFor('owner'));
    log = new PostgresLog({ url: server.urlFor('app') });
  });
  afterAll(async () => {
    await log.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('loses nothing that was acknowledged, doubles nothing, and its readers go on', async () => {
    const stop = new AbortController();
    const last = proposed();
    const followed = take(log.subscribeAll(0n, { signal: stop.signal }), isEvent(last.id));
    const store = storeOn(log);
    const patience = (): { deadline: number } => ({ deadline: Date.now() + 50_000 });
    let kills = 0;
    const killed = (): boolean => kills === 3;

    const appendUntilKilled = async (): Promise<string[]> => {
      const stream = newStream();
      const ids: string[] = [];
      for (let after = 0; after < 5; after += killed() ? 1 : 0) {
        const event = proposed();
        await log.append({ stream, expected: ids.length === 0 ? 'no stream' : ids.length - 1, events: [event] }, patience());
        ids.push(event.id);
      }
      expect(idsOf(await streamOf(log, stream))).toEqual(ids);
      return ids;
    };
    const countUntilKilled = async (): Promise<string[]> => {
      const counts: number[] = [];
      for (let after = 0; after < 5; after += killed() ? 1 : 0) {
        const { state } = await store.execute(counting, 'killed', countOne('one'), { context: commandContext(patience()) });
        counts.push(state.count);
      }
      expect(counts).toEqual(counts.map((_, index) => index + 1));
      const stored = await streamOf(log, 'counting-killed');
      expect(stored).toHaveLength(counts.length);
      return idsOf(stored);
    };
    const kill = async (): Promise<string[]> => {
      while (!killed()) {
        const event = proposed();
        await log.append({ stream: newStream(), expected: 'no stream', events: [event] }, patience());
        process.kill(server.processId, 'SIGKILL');
        const next = proposed();
        await log.append({ stream: newStream(), expected: 'no stream', events: [next] }, patience());
        extra.push(event.id, next.id);
        kills += 1;
      }
      return [];
    };
    const extra: string[] = [];

    const acknowledged = await Promise.all([...Array.from({ length: 8 }, appendUntilKilled), countUntilKilled(), kill()]);
    await log.append({ stream: newStream(), expected: 'no stream', events: [last] }, patience());
    const events = eventsOf(await followed);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => BigInt(index + 1)));
    expect(new Set(idsOf(events))).toEqual(new Set([...acknowledged.flat(), ...extra, last.id]));
    expect(await log.head()).toBe(BigInt(events.length));
    stop.abort();
  });
});

import { randomUUID } from 'node:crypto';
import { EventStoreDbTestServer, type ServerOptions } from '../../../../test/eventstoredb-server/server.js';
import { LogUnavailable, UnknownOutcome, WrongExpectedRevision, type SubscriptionItem } from '../event-log.js';
import type { EventMetadata, Position, ProposedEvent } from '../event.js';
import { EventStoreDbLog } from './eventstoredb-log.js';
import { AppendTooLarge, LogAccessDenied, StreamDeleted } from './failures.js';
import type { EventStoreDbLogOptions } from './settings.js';

/** Past 2^53: whoever keeps a position in a number loses it here. */
const firstPosition = 2n ** 53n + 1n;

describe('EventStoreDbLog on the wire', () => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  async function startServer(options: ServerOptions = {}): Promise<EventStoreDbTestServer> {
    const server = await new EventStoreDbTestServer({ firstPosition, ...options }).start();
    open.push(() => server.stop());
    return server;
  }

  function logOn(server: { url: string }, options: Partial<EventStoreDbLogOptions> = {}): EventStoreDbLog {
    const log = new EventStoreDbLog({ url: server.url, ...options });
    open.push(() => log.close());
    return log;
  }

  async function serverAndLog(options: Partial<EventStoreDbLogOptions> = {}) {
    const server = await startServer();
    return { server, log: logOn(server, options) };
  }

  describe('appending', () => {
    it('uses only the classic append, which is the one that gives up on a silent server', async () => {
      const { server, log } = await serverAndLog();
      await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
      server.faults.silent = true;
      const unanswered = log.append({ stream: 'part-1', expected: 0, events: [event()] }, { deadline: Date.now() + 300 });
      await expect(unanswered).rejects.toBeInstanceOf(UnknownOutcome);
      server.faults.silent = false;
      expect((await log.append({ stream: 'part-1', expected: 0, events: [event()] })).revision).toBe(1);
      expect(server.figures).toMatchObject({ appends: 2, batchAppends: 0 });
    });

    it('reports an unknown outcome when a committed append is never answered, and finds its own events afterwards', async () => {
      const { server, log } = await serverAndLog({ attemptTimeout: 100 });
      await log.append({ stream: 'part-0', expected: 'no stream', events: [event()] });
      server.faults.delay = 60_000;
      const request = { stream: 'part-1', expected: 'no stream' as const, events: [event(), event()] };
      await expect(log.append(request, { deadline: Date.now() + 250 })).rejects.toBeInstanceOf(UnknownOutcome);
      server.faults.delay = 0;
      expect((await log.append(request)).revision).toBe(1);
      expect(await log.readStream('part-1')).toHaveLength(2);
    });

    it('settles a connection that is cut after the commit by asking again with the same ids', async () => {
      const { server, log } = await serverAndLog();
      server.faults.dropAfterCommit = 2;
      const appended = await log.append({ stream: 'part-1', expected: 'no stream', events: [event(), event()] });
      expect(appended).toMatchObject({ revision: 1, duplicate: false });
      expect(server.log.stream('part-1')).toHaveLength(2);
    });

    it('settles a connection that is cut before the commit', async () => {
      const { server, log } = await serverAndLog();
      server.faults.dropBeforeCommit = 2;
      expect((await log.append({ stream: 'part-1', expected: 'any', events: [event()] })).revision).toBe(0);
      expect(server.log.stream('part-1')).toHaveLength(1);
    });

    it('knows that nothing was appended while no server can be reached', async () => {
      const { server, log } = await serverAndLog();
      await server.kill();
      await expect(
        log.append({ stream: 'part-1', expected: 'any', events: [event()] }, { deadline: Date.now() + 200 }),
      ).rejects.toBeInstanceOf(LogUnavailable);
    });

    it('goes on by itself when a killed server comes back on its port', async () => {
      const { server, log } = await serverAndLog();
      await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
      await server.kill();
      const appended = log.append({ stream: 'part-1', expected: 0, events: [event()] });
      await server.start();
      expect((await appended).revision).toBe(1);
    });

    it('says what an append repeats, also when the server names no position', async () => {
      const { server, log } = await serverAndLog();
      const request = { stream: 'part-1', expected: 'no stream' as const, events: [event(), event()] };
      const first = await log.append(request);
      server.faults.withoutAppendPosition = true;
      expect(await log.append(request)).toEqual({ ...first, duplicate: true });
      expect(await logOn(server).append(request)).toEqual({ ...first, duplicate: true });
      expect(first.position).toBeGreaterThan(2n ** 53n);
    });

    it('names the revision that is really there', async () => {
      const { log } = await serverAndLog();
      await log.append({ stream: 'part-1', expected: 'no stream', events: [event(), event()] });
      const conflict = log.append({ stream: 'part-1', expected: 0, events: [event()] });
      await expect(conflict).rejects.toBeInstanceOf(WrongExpectedRevision);
      await expect(conflict).rejects.toMatchObject({ actual: 1 });
      await expect(log.append({ stream: 'part-2', expected: 4, events: [event()] })).rejects.toMatchObject({ actual: undefined });
    });

    it('follows the leader', async () => {
      const leader = await startServer();
      const { server: follower, log } = await serverAndLog();
      follower.faults.leaderElsewhere = { host: '127.0.0.1', port: leader.port };
      await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
      expect(leader.log.stream('part-1')).toHaveLength(1);
    });

    it('says clearly that an append is too large, a stream is gone for good, and access is denied', async () => {
      const { server, log } = await serverAndLog();
      server.faults.maximumAppendSize = 2_000;
      const large = log.append({ stream: 'part-1', expected: 'any', events: [event({ note: 'x'.repeat(3_000) })] });
      await expect(large).rejects.toBeInstanceOf(AppendTooLarge);
      await expect(large).rejects.toMatchObject({ maximum: 2_000 });
      server.log.delete('part-2', 'tombstone');
      await expect(log.append({ stream: 'part-2', expected: 'any', events: [event()] })).rejects.toBeInstanceOf(StreamDeleted);
      await expect(log.readStream('part-2')).rejects.toBeInstanceOf(StreamDeleted);
      server.faults.credentials = { username: 'ops', password: 'secret' };
      await expect(log.append({ stream: 'part-3', expected: 'any', events: [event()] })).rejects.toBeInstanceOf(LogAccessDenied);
    });
  });

  describe('reading', () => {
    it('survives a server that goes and comes back', async () => {
      const { server, log } = await serverAndLog();
      await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
      await server.kill();
      const read = log.readStream('part-1');
      await server.start();
      expect(await read).toHaveLength(1);
    });

    it('gives up on a silent server', async () => {
      const { server, log } = await serverAndLog({ readTimeout: 200 });
      server.faults.silent = true;
      await expect(log.readStream('part-1')).rejects.toBeInstanceOf(LogUnavailable);
      await expect(log.head()).rejects.toBeInstanceOf(LogUnavailable);
    });

    it('shows what a truncated stream has left, and nothing of a soft-deleted one', async () => {
      const { server, log } = await serverAndLog();
      await log.append({ stream: 'part-1', expected: 'no stream', events: [event(), event(), event()] });
      const keep = {
        ...event(),
        type: '$metadata',
        contentType: 'application/json',
        metadata: new Uint8Array(),
        data: Buffer.from('{"$maxCount":2}'),
      };
      server.log.append('$$part-1', 'any', [keep]);
      expect((await log.readStream('part-1')).map(({ revision }) => revision)).toEqual([1, 2]);
      server.log.delete('part-1', 'soft');
      expect(await log.readStream('part-1')).toEqual([]);
    });

    it('leaves out what belongs to the server or to another installation', async () => {
      const { server, log } = await serverAndLog({ prefix: 'a_' });
      const other = logOn(server, { prefix: 'b_' });
      await other.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
      await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
      server.log.append('$stats', 'any', [
        { id: randomUUID(), type: '$stats', contentType: 'application/json', metadata: new Uint8Array(), data: Buffer.from('{}') },
      ]);
      expect((await log.readAll(0n, 10)).map(({ stream, revision }) => [stream, revision])).toEqual([['part-1', 0]]);
      expect(server.log.stream('a_part-1')).toHaveLength(1);
    });
  });

  describe('subscribing', () => {
    it('neither loses nor repeats events when the server restarts again and again', async () => {
      const { server, log } = await serverAndLog();
      const seen = collect(log, 0n);
      for (let round = 0; round < 4; round += 1) {
        const { position } = await log.append({
          stream: 'part-1',
          expected: round * 50 - 1 < 0 ? 'no stream' : round * 50 - 1,
          events: events(50),
        });
        if (round % 2 === 0) await seen.reached(position);
        await server.kill();
        await server.start();
      }
      const { position } = await log.append({ stream: 'part-1', expected: 199, events: [event()] });
      await seen.reached(position);
      expect(seen.revisions()).toEqual(Array.from({ length: 201 }, (_, revision) => revision));
    });

    it('drops what is delivered twice', async () => {
      const { server, log } = await serverAndLog();
      server.faults.deliverTwice = true;
      const { position } = await log.append({ stream: 'part-1', expected: 'no stream', events: events(20) });
      const seen = collect(log, 0n);
      await seen.reached(position);
      expect(seen.revisions()).toEqual(Array.from({ length: 20 }, (_, revision) => revision));
    });

    it('never lets a checkpoint overtake an event, however slow the consumer', async () => {
      const { server, log } = await serverAndLog();
      const position = await fill(log, 3_000);
      const items: SubscriptionItem[] = [];
      for await (const item of log.subscribeAll(0n, { categories: ['part'], signal: AbortSignal.timeout(20_000) })) {
        items.push(item);
        if (items.length % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (positionOf(item) >= position) break;
      }
      const positions = items.map(positionOf);
      expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      expect(items.filter(({ kind }) => kind === 'event')).toHaveLength(1_500);
      expect(items.some(({ kind }) => kind === 'checkpoint')).toBe(true);
      expect(server.figures.waitsForDrain).toBeGreaterThan(0);
    });

    it('does not let appends wait behind a consumer that has stopped', async () => {
      const { log } = await serverAndLog();
      await fill(log, 3_000);
      const stopped = log.subscribeAll(0n, { signal: AbortSignal.timeout(20_000) })[Symbol.asyncIterator]();
      await stopped.next();
      expect((await log.append({ stream: 'part-2', expected: 'no stream', events: [event()] })).revision).toBe(0);
      await stopped.return?.(undefined);
    });

    it('passes over what the filter leaves out, one single event included', async () => {
      const { log } = await serverAndLog();
      await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
      const seen = collect(log, 0n, ['part']);
      const { position } = await log.append({ stream: 'workOrder-1', expected: 'no stream', events: [event()] });
      await seen.reached(position);
      expect(seen.revisions()).toEqual([0]);
    });

    it('says that it has caught up, also where the server is too old to tell', async () => {
      for (const withoutCaughtUp of [false, true]) {
        const { server, log } = await serverAndLog();
        server.faults.withoutCaughtUp = withoutCaughtUp;
        const { position } = await log.append({ stream: 'part-1', expected: 'no stream', events: events(10) });
        for await (const item of log.subscribeAll(0n, { signal: AbortSignal.timeout(20_000) })) {
          if (item.kind !== 'caughtUp') continue;
          expect(item.position).toBe(position);
          break;
        }
      }
    });

    it('takes a subscription up anew that is connected but silent', async () => {
      const { server, log } = await serverAndLog({ stallTimeout: 100 });
      const seen = collect(log, 0n);
      await seen.reached((await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] })).position);
      // Its subscription sleeps on an emitter that never wakes: what a half-dead connection looks like from here.
      server.log.changes.removeAllListeners('appended');
      await seen.reached((await log.append({ stream: 'part-1', expected: 0, events: [event()] })).position);
      expect(seen.revisions()).toEqual([0, 1]);
    });

    it('leaves no call open on the server when the consumer breaks off', async () => {
      const { server, log } = await serverAndLog();
      const { position } = await log.append({ stream: 'part-1', expected: 'no stream', events: events(5) });
      for (let round = 0; round < 3; round += 1)
        for await (const item of log.subscribeAll(0n, { signal: AbortSignal.timeout(20_000) })) if (positionOf(item) >= position) break;
      await until(() => server.log.changes.listenerCount('appended') === 0);
    });
  });

  it('refuses TLS without credentials and needs none without TLS', () => {
    expect(() => new EventStoreDbLog({ url: 'esdb://127.0.0.1:2113' })).toThrow(/needs credentials/);
    expect(() => new EventStoreDbLog({ url: 'postgres://127.0.0.1/x' })).toThrow(/must look like esdb/);
    expect(() => new EventStoreDbLog({ url: 'esdb://127.0.0.1:2113?tls=false' })).not.toThrow();
  });

  it('lets running appends finish when it is closed, and takes no new ones', async () => {
    const { server, log } = await serverAndLog();
    server.faults.delay = 50;
    const running = log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    await Promise.all([log.close(), expect(running).resolves.toMatchObject({ revision: 0 })]);
    await expect(log.append({ stream: 'part-1', expected: 0, events: [event()] })).rejects.toBeInstanceOf(LogUnavailable);
  });
});

const metadata: EventMetadata = {
  recorded_at: '2026-01-31T12:00:00.000Z',
  effective_at: '2026-01-31',
  schema_version: 1,
  actor: { kind: 'system', id: 'spec' },
  entity_id: 1,
  customer_id: 1,
  request_id: 'request',
  $correlationId: 'correlation',
  $causationId: 'causation',
};

const event = (data: unknown = { quantity: '0.001' }): ProposedEvent => ({ id: randomUUID(), type: 'PartRestocked', data, metadata });
const events = (count: number, note = ''): ProposedEvent[] => Array.from({ length: count }, () => event({ quantity: '0.001', note }));

/** Appends many events of some size, half of them of another category, for tests where buffers have to run full. */
async function fill(log: EventStoreDbLog, count: number): Promise<Position> {
  let position: Position = 0n;
  for (let filled = 0; filled < count; filled += 100)
    for (const stream of ['workOrder-1', 'part-1'])
      ({ position } = await log.append({ stream, expected: 'any', events: events(50, 'x'.repeat(300)) }));
  return position;
}

const positionOf = (item: SubscriptionItem): Position => (item.kind === 'event' ? item.event.position : item.position);

/** Reads a subscription in the background, for tests that wait until it has reached a position. */
function collect(log: EventStoreDbLog, after: Position, categories?: readonly string[]) {
  const seen: SubscriptionItem[] = [];
  let wake = (): void => undefined;
  const stop = new AbortController();
  void (async () => {
    for await (const item of log.subscribeAll(after, { ...(categories ? { categories } : {}), signal: stop.signal })) {
      seen.push(item);
      wake();
    }
  })();
  return {
    revisions: () => seen.flatMap((item) => (item.kind === 'event' ? [item.event.revision] : [])),
    async reached(position: Position): Promise<void> {
      while (seen.length === 0 || seen.every((item) => positionOf(item) < position)) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

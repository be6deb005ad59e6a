import { event, events, eventStoreDbServers } from '../contract/eventstoredb-servers.js';
import type { SubscriptionItem } from '../event-log.js';
import type { Position } from '../event.js';
import type { EventStoreDbLog } from './eventstoredb-log.js';

const { serverAndLog } = eventStoreDbServers();

describe('subscribing to EventStoreDbLog', () => {
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
    for await (const item of log.subscribeAll(0n, { categories: ['part'], signal: new AbortController().signal })) {
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
    const stopped = log.subscribeAll(0n, { signal: new AbortController().signal })[Symbol.asyncIterator]();
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
      for await (const item of log.subscribeAll(0n, { signal: new AbortController().signal })) {
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
      for await (const item of log.subscribeAll(0n, { signal: new AbortController().signal })) if (positionOf(item) >= position) break;
    await until(() => server.log.changes.listenerCount('appended') === 0);
  });
});

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

import { EventStoreDbTestCluster } from '../../../../test/eventstoredb-server/cluster.js';
import { event, unhurried } from '../contract/eventstoredb-servers.js';
import { EventStoreDbLog } from './eventstoredb-log.js';

describe('a cluster whose leader freezes and still accepts connections', () => {
  let cluster: EventStoreDbTestCluster;
  let log: EventStoreDbLog;
  const troubles: unknown[] = [];
  beforeEach(async () => {
    cluster = await EventStoreDbTestCluster.start(3);
    troubles.length = 0;
    log = new EventStoreDbLog({ url: cluster.url, ...unhurried, onTrouble: (error) => troubles.push(error) });
  });
  afterEach(async () => {
    for (const node of cluster.nodes) node.thaw();
    await log.close();
    await cluster.stop();
  });

  const another = () => {
    const node = cluster.nodes.find((other) => other !== cluster.leading);
    if (!node) throw new Error('there is no other node');
    return node;
  };
  const gossips = (): number => cluster.nodes.reduce((sum, { figures }) => sum + figures.gossips, 0);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('is left for the new leader, also by who was sent back to the frozen one meanwhile', async () => {
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    const frozen = cluster.leading;
    frozen.freeze();
    const before = gossips();
    const proposed = event();
    const appended = log.append({ stream: 'part-1', expected: 0, events: [proposed] });
    // The others do not know better yet, so a new connection leads to the frozen one again.
    await until(() => gossips() > before);
    const successor = another();
    cluster.elect(successor);
    expect(await appended).toMatchObject({ revision: 1 });
    expect(successor.figures.appends).toBeGreaterThan(0);
    expect([frozen.frozen, frozen.figures.appends]).toEqual([true, 1]);
    // What it was asked while it was frozen it refuses afterwards: it leads no more.
    frozen.thaw();
    expect((await log.readStream('part-1')).map(({ id }) => id).at(-1)).toBe(proposed.id);
    expect(await log.readStream('part-1')).toHaveLength(2);
  });

  it('is left by who reads and who subscribes, also when nothing is appended meanwhile', async () => {
    const first = await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    const stop = new AbortController();
    const items = log.subscribeAll(0n, { signal: stop.signal })[Symbol.asyncIterator]();
    for (let next = await items.next(); !next.done && next.value.kind !== 'caughtUp';) next = await items.next();
    const frozen = cluster.leading;
    frozen.freeze();
    const successor = another();
    cluster.elect(successor);
    const reading = log.readStream('part-1');
    const awaited = (async () => {
      for (let next = await items.next(); !next.done; next = await items.next()) if (next.value.kind === 'event') return next.value.event;
      return undefined;
    })();
    expect((await reading).map(({ position }) => position)).toEqual([first.position]);
    const { position } = await log.append({ stream: 'part-1', expected: 0, events: [event()] });
    expect((await awaited)?.position).toBe(position);
    expect(successor.figures.subscriptions).toBeGreaterThan(0);
    expect(successor.figures.appends).toBeGreaterThan(0);
    expect([frozen.frozen, frozen.figures.appends]).toEqual([true, 1]);
    stop.abort();
    await items.return?.(undefined);
  });

  it('is left for a server of one address too, which may be a balancer', async () => {
    const alone = new EventStoreDbLog({
      url: cluster.leading.url,
      ...unhurried,
      silenceTimeout: 200,
      onTrouble: (error) => troubles.push(error),
    });
    await alone.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    cluster.leading.freeze();
    const appended = alone.append({ stream: 'part-1', expected: 0, events: [event()] });
    await until(() => troubles.length > 1);
    cluster.leading.thaw();
    expect(await appended).toMatchObject({ revision: 1 });
    expect(cluster.leading.log.stream('part-1')).toHaveLength(2);
    await alone.close();
  });
});

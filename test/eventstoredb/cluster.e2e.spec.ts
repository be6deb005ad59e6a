import { describeOnWire } from '../eventstoredb-server/describe-on-wire.js';
import { EventStoreDbTestCluster } from '../eventstoredb-server/cluster.js';
import { TestServer } from '../harness/server.js';

describeOnWire('the whole product on a cluster named by all its addresses', () => {
  let cluster: EventStoreDbTestCluster;
  let app: TestServer;

  beforeAll(async () => {
    cluster = await EventStoreDbTestCluster.start(3);
    app = await TestServer.start({ log: 'postgres', environment: { EVENTSTORE_URL: cluster.url } });
  });

  afterAll(async () => {
    for (const node of cluster.nodes) node.thaw();
    await app.stop();
    await cluster.stop();
  });

  it.each([
    ['freezes and still accepts connections', 'freeze'],
    ['is lost', 'kill'],
  ] as const)('acknowledges again under a new leader, without the old one, when that %s', async (_case, fate) => {
    const created = await app.post('/parts', { part: { name: fate, on_hand_qty: 1, unit_cost: 2 } }).expect(201);
    const restock = (n: number) =>
      app.patch(`/parts/${created.data.id}/restock`, { quantity: 1, cost: 2 }, { 'idempotency-key': `${fate} ${n}` });
    const old = cluster.leading;
    const before = old.figures.appends;
    await old[fate]();
    // Asked while nobody can answer: not acknowledged, and nothing else either.
    expect((await restock(1)).status).toBe(503);
    const successor = cluster.nodes.find((node) => node !== cluster.leading && !node.frozen);
    if (!successor) throw new Error('nobody is left');
    const elected = performance.now();
    cluster.elect(successor);
    let status: number;
    do ({ status } = await restock(1));
    while (status !== 200);
    console.info(`acknowledged ${Math.round(performance.now() - elected)} ms after a new leader stood (promised: within 5 s)`);
    expect(successor.figures.appends).toBeGreaterThan(0);
    expect(old.figures.appends).toBe(before);
    await restock(2).expect(200);
    const { data } = await app.get(`/parts/${created.data.id}`).expect(200);
    expect(data.on_hand_qty).toBe(3);
  });
});

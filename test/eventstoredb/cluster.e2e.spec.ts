import { describeOnWire } from '../eventstoredb-server/describe-on-wire.js';
import { EventStoreDbTestCluster } from '../eventstoredb-server/cluster.js';
import { TestServer } from '../harness/server.js';

/** Milliseconds after a new leader stands within which a command is acknowledged. */
const promised = 5_000;

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
  ] as const)('acknowledges again within 5 s of a new leader when the old one %s', async (_case, fate) => {
    const created = await app.post('/parts', { part: { name: fate, on_hand_qty: 1, unit_cost: 2 } }).expect(201);
    const restock = (n: number) =>
      app.patch(`/parts/${created.data.id}/restock`, { quantity: 1, cost: 2 }, { 'idempotency-key': `${fate} ${n}` });
    await cluster.leading[fate]();
    // Asked while nobody can answer: not acknowledged, and nothing else either.
    expect((await restock(1)).status).toBe(503);
    const successor = cluster.nodes.find((node) => node !== cluster.leading && !node.frozen);
    if (!successor) throw new Error('nobody is left');
    const elected = Date.now();
    cluster.elect(successor);
    let status: number;
    do ({ status } = await restock(1));
    while (status !== 200);
    expect(Date.now() - elected).toBeLessThan(promised);
    await restock(2).expect(200);
    const { data } = await app.get(`/parts/${created.data.id}`).expect(200);
    expect(data.on_hand_qty).toBe(3);
  });
});

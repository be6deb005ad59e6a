import { randomUUID } from 'node:crypto';
import { PostgresLog } from '#millwright/event-sourcing';
import { ApiClient } from '../api-client.js';
import type { ServerProcess } from '../server-process.js';
import { databaseUrlOf } from './database-access.js';
import { none, prove, type Circumstances, type Finding, type Findings } from './proof.js';
import { withServer } from './with-server.js';

/** R12: a poison event is parked, not skipped. */
await prove(
  'R12: an event that cannot be folded parks its stream, raises the alarm, and holds up nobody else',
  20,
  async (circumstances) => {
    return withServer((server) => poisonSome(server, circumstances));
  },
);

type Part = Readonly<{ id: number; on_hand_qty: number }>;

async function poisonSome(server: ServerProcess, { seconds, random }: Circumstances): Promise<Findings> {
  const client = new ApiClient({ url: server.url, key: server.key, entityId: 1, patience: 10_000 });
  const parts: number[] = [];
  for (let number = 0; number < 10; number++) parts.push((await client.post<Part>('/parts', { part: { name: `Part ${number}` } })).data.id);
  const poisoned = [parts[0], parts[1]].flatMap((id) => (id === undefined ? [] : [id]));
  const healthy = parts.slice(poisoned.length);
  for (const id of parts) await restock(client, id);
  for (const id of poisoned) await appendPoison(server, id);

  const wanted = new Map(healthy.map((id) => [id, 1]));
  const until = performance.now() + seconds * 1000;
  let position: string | undefined;
  do {
    const id = random.pick(healthy);
    position = await restock(client, id);
    wanted.set(id, (wanted.get(id) ?? 0) + 1);
  } while (performance.now() < until);

  const beforeRestart = await whatIsSeen(server, client, poisoned, wanted, position);
  await server.end('SIGKILL');
  await server.start();
  const afterRestart = await whatIsSeen(server, client, poisoned, wanted, position);
  await client.close();
  return {
    claims: [...beforeRestart, ...afterRestart.map((finding) => ({ ...finding, claim: `after a restart: ${finding.claim}` }))],
    figures: {
      'streams poisoned': poisoned.length,
      'movements of other parts since': [...wanted.values()].reduce((sum, count) => sum + count, 0),
    },
  };
}

async function restock(client: ApiClient, partId: number): Promise<string | undefined> {
  return (await client.patch(`/parts/${partId}/restock`, { quantity: '1', cost: '1' })).position;
}

/** What no version of the product ever writes: a movement without numbers. */
async function appendPoison(server: ServerProcess, partId: number): Promise<void> {
  const log = new PostgresLog({ url: await databaseUrlOf(server.dataDir, 'app') });
  const now = new Date().toISOString();
  const metadata = {
    recorded_at: now,
    effective_at: now,
    schema_version: 1,
    actor: { kind: 'system', id: 'proof' },
    entity_id: 1,
    customer_id: 1,
    request_id: 'proof',
    $correlationId: 'proof',
    $causationId: 'proof',
  } as const;
  const data = {
    transactionId: 900_000_000 + partId,
    quantity: 'poison',
    value: 'poison',
    onHandAfter: 'poison',
    valueAfter: 'poison',
    unitCost: 'poison',
    note: null,
  };
  try {
    await log.append({ stream: `part-${partId}`, expected: 'any', events: [{ id: randomUUID(), type: 'PartRestocked', data, metadata }] });
  } finally {
    await log.close();
  }
}

async function whatIsSeen(
  server: ServerProcess,
  client: ApiClient,
  poisoned: readonly number[],
  wanted: ReadonlyMap<number, number>,
  position: string | undefined,
): Promise<Finding[]> {
  const headers = { authorization: `Bearer ${server.key}` };
  const ready = await fetch(`${server.url}/health/ready`, { headers });
  const health = await ready.text();
  const metrics = await (await fetch(`${server.url}/metrics`, { headers })).text();
  const parked = metrics.split('\n').filter((line) => /^millwright_parked_streams\S* [1-9]/.test(line));
  const wrong: string[] = [];
  for (const [id, quantity] of wanted) {
    const { data } = await client.get<Part>(`/parts/${id}`, position === undefined ? {} : { min_position: position });
    if (data.on_hand_qty !== quantity) wrong.push(`part ${id}: ${data.on_hand_qty} of ${quantity}`);
  }
  const notMarked: string[] = [];
  for (const id of poisoned) {
    const { meta } = await client.get<Part>(`/parts/${id}`);
    if (meta.stale !== true) notMarked.push(`part ${id}`);
  }
  const unnamed = poisoned.filter((id) => !health.includes(`part-${id}`)).map((id) => `part-${id}`);
  return [
    {
      claim: 'the process serves, and says it is degraded',
      held: ready.status === 200 && health.includes('degraded'),
      figure: `${ready.status} ${health.slice(0, 60)}`,
    },
    none('readiness names every parked stream', unnamed),
    { claim: 'a metric counts them', held: parked.length > 0, figure: parked[0] ?? 'no such metric' },
    none('every other part is folded to its last event', wrong),
    none('answers with a parked row say so (meta.stale)', notMarked),
  ];
}

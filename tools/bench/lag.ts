import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../api-client.js';
import { ServerProcess } from '../server-process.js';
import type { Measurement } from './line.js';
import type { BenchPlace } from './place.js';

const eventsPerSecond = 500;

/** How long after the answer to a write the read models show it, while 500 events a second come in: the whole way of a read that waits for the write's position. */
export async function projectionLag({ appUrl, ownerUrl, seconds, build }: BenchPlace): Promise<Measurement[]> {
  const server = await ServerProcess.create({
    environment: { DATABASE_URL: appUrl, MIGRATIONS_DATABASE_URL: ownerUrl },
    ...(build !== undefined && { build }),
  });
  const client = new ApiClient({ url: server.url, key: server.key, entityId: 1 });
  try {
    await server.start();
    const ids: number[] = [];
    for (let number = 0; number < 50; number++)
      ids.push((await client.post<{ id: number }>('/parts', { part: { name: `Lag ${number}` } })).data.id);

    const lags: number[] = [];
    const under: Promise<void>[] = [];
    const started = performance.now();
    for (let sent = 0; performance.now() - started < seconds * 1000; sent++) {
      const due = started + (sent * 1000) / eventsPerSecond;
      if (due > performance.now()) await delay(due - performance.now());
      under.push(writeAndSee(client, ids[sent % ids.length] ?? 0, sent % 10 === 0 ? lags : undefined));
    }
    await Promise.all(under);
    const rate = under.length / ((performance.now() - started) / 1000);
    lags.sort((a, b) => a - b);
    return [
      {
        name: `projection lag at ${rate.toFixed(0)} events/s, p99`,
        unit: 'ms',
        value: lags[Math.floor(lags.length * 0.99)] ?? 0,
        probe: null,
        budget: { atMost: 250 },
      },
    ];
  } finally {
    await client.close();
    await server.dispose();
  }
}

async function writeAndSee(client: ApiClient, partId: number, lags: number[] | undefined): Promise<void> {
  const { position } = await client.patch(`/parts/${partId}/restock`, { quantity: '1', cost: '2' });
  if (!lags || position === undefined) return;
  const answered = performance.now();
  await client.get(`/parts/${partId}`, { min_position: position });
  lags.push(performance.now() - answered);
}

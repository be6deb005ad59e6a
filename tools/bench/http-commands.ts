import { Pool } from 'undici';
import { ServerProcess } from '../server-process.js';
import type { Measurement } from './line.js';
import { loadFor } from './load.js';
import type { BenchPlace } from './place.js';
import { durableInserts } from './probes.js';

const connections = 64;
const parts = 500;

/** Restocks over HTTP, the whole pipeline: key, validation, idempotency, decision, durable append, envelope with the new state. */
export async function commandsOverHttp({ appUrl, ownerUrl, seconds }: BenchPlace): Promise<Measurement[]> {
  const server = await ServerProcess.create({ environment: { DATABASE_URL: appUrl, MIGRATIONS_DATABASE_URL: ownerUrl } });
  const pool = new Pool(server.url, { connections, pipelining: 1 });
  try {
    await server.start();
    const send = senderTo(pool, server.key);
    const ids: number[] = [];
    for (let number = 0; number < parts; number++)
      ids.push(idIn(await send('POST', '/api/v1/parts', `{"part":{"name":"Bench ${number}"}}`, `part-${number}`)));

    const probe = await durableInserts(ownerUrl, 16, seconds);
    let count = 0;
    const restock = (partOf: () => number) => () =>
      send('PATCH', `/api/v1/parts/${partOf()}/restock`, '{"quantity":2.5,"cost":12.37}', `restock-${count++}`);
    const many = await loadFor(
      seconds,
      connections,
      restock(() => ids[Math.floor(Math.random() * parts)] ?? 0),
    );
    const hot = await loadFor(
      seconds,
      connections,
      restock(() => ids[0] ?? 0),
    );
    const key = server.key;
    const [, besides] = await Promise.all([
      loadFor(
        seconds,
        connections / 2,
        restock(() => ids[Math.floor(Math.random() * parts)] ?? 0),
      ),
      loadFor(seconds, connections / 2, () => readOne(pool, key, ids[Math.floor(Math.random() * parts)] ?? 0)),
    ]);
    return [
      {
        name: 'single part beside 32 writers with the same key (each read sees them)',
        unit: 'requests/s',
        value: besides.perSecond,
        probe: null,
        budget: { none: true },
      },
      { name: 'single part beside 32 writers with the same key, p99', unit: 'ms', value: besides.p99, probe: null, budget: { atMost: 80 } },
      { name: 'restock over HTTP, 64 connections', unit: 'requests/s', value: many.perSecond, probe, budget: { atLeastTimesProbe: 0.25 } },
      { name: 'restock over HTTP, 64 connections, p99', unit: 'ms', value: many.p99, probe: null, budget: { atMost: 80 } },
      { name: 'restock over HTTP, one hot part', unit: 'requests/s', value: hot.perSecond, probe, budget: { atLeastTimesProbe: 0.25 } },
      { name: 'restock over HTTP, one hot part, p99', unit: 'ms', value: hot.p99, probe: null, budget: { atMost: 80 } },
    ];
  } finally {
    await pool.close();
    await server.dispose();
  }
}

/** A read waits for whatever the same key has written: what is measured is the whole way of one beside writes. */
async function readOne(pool: Pool, key: string, id: number): Promise<void> {
  const answer = await pool.request({
    method: 'GET',
    path: `/api/v1/parts/${id}`,
    headers: { authorization: `Bearer ${key}`, 'x-entity-id': '1' },
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`GET /parts/${id}: ${answer.statusCode}`);
}

/** Sends one write with a key of its own; anything but a success ends the measurement, for a refusal is no work done. */
const senderTo =
  (pool: Pool, key: string) =>
  async (method: 'POST' | 'PATCH', path: string, body: string, idempotencyKey: string): Promise<string> => {
    const answer = await pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${key}`,
        'x-entity-id': '1',
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
      },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
    return text;
  };

const idIn = (text: string): number => (JSON.parse(text) as { data: { id: number } }).data.id;

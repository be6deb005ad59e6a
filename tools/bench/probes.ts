import pg from 'pg';
import { PostgresLog } from '#millwright/event-sourcing';
import { loadFor } from './load.js';
import { poolOf } from './pool.js';

/** About as long as a restock's canonical event. */
const eventSizedText = 'x'.repeat(640);

/** Single-row INSERT transactions a second, each durable, on so many connections: what PostgreSQL does here when nobody groups commits. */
export async function durableInserts(ownerUrl: string, connections: number, seconds: number): Promise<number> {
  const pool = poolOf(ownerUrl, connections);
  try {
    await pool.query('create schema if not exists bench');
    await pool.query('create table if not exists bench.probe (id bigserial primary key, stream text not null, body text not null)');
    const insert = { name: 'probe', text: 'insert into bench.probe (stream, body) values ($1, $2)' };
    const { perSecond } = await loadFor(seconds, connections, (caller) =>
      pool.query({ ...insert, values: [`part-${caller}`, eventSizedText] }),
    );
    await pool.query('truncate bench.probe');
    return perSecond;
  } finally {
    await pool.end();
  }
}

/** Events a second of a keyset read of the whole log, page after page, each event decoded and thrown away. */
export async function keysetRead(url: string): Promise<number> {
  const log = new PostgresLog({ url });
  try {
    const started = performance.now();
    let read = 0;
    let after = 0n;
    for (;;) {
      const events = await log.readAll(after, 5_000);
      const last = events.at(-1);
      if (!last) break;
      read += events.length;
      after = last.position;
    }
    return read / ((performance.now() - started) / 1000);
  } finally {
    await log.close();
  }
}

/** Milliseconds of the slowest hundredth of reads of one row by its key, straight through `pg`. */
export async function selectByKey(url: string, table: string, ids: readonly number[], seconds: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const byKey = { name: 'by-key', text: `select * from ${table} where id = $1` };
    let next = 0;
    const { p99 } = await loadFor(seconds, 1, () => client.query({ ...byKey, values: [ids[next++ % ids.length]] }));
    return p99;
  } finally {
    await client.end();
  }
}

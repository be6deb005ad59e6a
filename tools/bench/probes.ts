import pg from 'pg';
import { loadFor } from './load.js';

/** About as long as a restock's canonical event. */
const eventSizedText = 'x'.repeat(640);

/** Single-row INSERT transactions a second, each durable, on so many connections: what PostgreSQL does here when nobody groups commits. */
export async function durableInserts(ownerUrl: string, connections: number, seconds: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: connections });
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

/** Events a second of a bare keyset read of the log, rows thrown away. */
export async function keysetRead(url: string, atMost: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const page = {
      name: 'page',
      text: 'select global_position, canonical from log.events where global_position > $1 order by global_position limit 5000',
    };
    const started = performance.now();
    let read = 0;
    let after = '0';
    while (read < atMost) {
      const { rows } = await client.query<{ global_position: string; canonical: string }>({ ...page, values: [after] });
      read += rows.length;
      const last = rows.at(-1);
      if (!last) break;
      after = last.global_position;
    }
    return read / ((performance.now() - started) / 1000);
  } finally {
    await client.end();
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

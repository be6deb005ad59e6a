import { createHash } from 'node:crypto';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Position } from '../event.js';
import type { Projection, TableDefinition } from '../projection.js';
import { quoted } from './read-model-schema.js';

/** What a projection's tables hold at a position, as one number: equal tables have equal digests. */
export type Digest = Readonly<{ digest: string; position: Position }>;

/** Text sorts by its bytes, whatever language the database speaks. */
const orderOf = (table: TableDefinition): string =>
  table.key.map((name) => (table.columns[name] === 'text' ? `${quoted(name)} collate "C"` : quoted(name))).join(', ');

/** SHA-256 over the rows of every table in key order, in COPY's text format, streamed: one snapshot, whatever is written meanwhile. */
export async function digestOf(pool: pg.Pool, projection: Projection): Promise<Digest> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(
      `set local timezone = 'UTC'; set local datestyle = 'ISO'; set local statement_timeout = 0; set local enable_seqscan = on; set local enable_hashjoin = on`,
    );
    const { rows } = await client.query<{ schema: string; checkpoint: string }>(
      `select b.schema_name as schema, case when b.live then l.checkpoint else b.checkpoint end::text as checkpoint
       from app.projections p join app.projection_builds b on b.schema_name = p.serving cross join app.live_read_models l where p.name = $1`,
      [projection.name],
    );
    const [build] = rows;
    if (!build) throw new Error(`projection ${projection.name} has no build that serves`);
    const hash = createHash('sha256');
    for (const table of projection.tables) {
      const columns = Object.keys(table.columns).map(quoted).join(', ');
      hash.update(`${table.name}(${columns})\n`);
      const rowsInOrder = `select ${columns} from ${quoted(build.schema)}.${quoted(table.name)} order by ${orderOf(table)}`;
      const stream = client.query(copyTo(`copy (${rowsInOrder}) to stdout`));
      for await (const chunk of stream) hash.update(chunk as Buffer);
    }
    await client.query('commit');
    client.release();
    return { digest: hash.digest('hex'), position: BigInt(build.checkpoint) };
  } catch (error) {
    client.release(true);
    throw error;
  }
}

import pg from 'pg';
import type { Position } from '../event.js';
import type { Projection, TableDefinition } from '../projection.js';
import { answeredAtLast, answeredInTime } from './answered-in-time.js';
import { readBuiltTables } from './built-tables.js';
import { buildSql, indexesOf, quoted, schemaNameOf } from './read-model-schema.js';
import { shapeOf, type BuiltTable } from './shape.js';

/**
 * One set of tables of a projection, known by its version (of the fold) and its shape (of the tables).
 * A build of a higher version, or of the same version and a higher generation, is to take over from a lower one.
 */
export type Build = Readonly<{
  schema: string;
  projection: string;
  version: number;
  generation: number;
  shape: string;
  checkpoint: Position;
  indexed: boolean;
  retired: boolean;
  /** Its tables are those that answers come from, when they come. */
  serving: boolean;
  /** It is written together with all others that serve, and the views show it. */
  live: boolean;
  /** The streams it has parked. */
  parked: readonly string[];
}>;

type BuildRow = Omit<Build, 'checkpoint' | 'shape'> & { checkpoint: string; shape: string | null };

const selectBuilds = `
select b.schema_name as schema, b.projection, b.version, b.generation, b.shape, b.indexed, b.retired, b.live,
  case when b.live then l.checkpoint else b.checkpoint end::text as checkpoint,
  coalesce(p.serving = b.schema_name, false) as serving,
  array(select stream from app.parked_streams s where s.schema_name = b.schema_name order by stream) as parked
from app.projection_builds b cross join app.live_read_models l left join app.projections p on p.name = b.projection
order by b.projection, b.version, b.generation`;

/** The book of builds in schema `app`, and what makes, indexes and drops their tables (as the owner; reading is the app's). */
export class BuildCatalog {
  private role: string | undefined;
  /** Tables of builds that this process did not make, by schema: a build never changes. */
  private readonly built = new Map<string, readonly BuiltTable[]>();

  constructor(
    private readonly app: pg.Pool,
    readonly owner: pg.Pool,
  ) {}

  async list(): Promise<Build[]> {
    const { rows } = await this.app.query<BuildRow>(answeredInTime({ text: selectBuilds }));
    return Promise.all(
      rows.map(async (row) => ({
        ...row,
        shape: row.shape ?? shapeOf(await this.tablesOf(row.schema)),
        checkpoint: BigInt(row.checkpoint),
      })),
    );
  }

  /** The tables of a build as the database has them. */
  async tablesOf(schema: string): Promise<readonly BuiltTable[]> {
    const tables = this.built.get(schema) ?? (await readBuiltTables(this.app, schema));
    this.built.set(schema, tables);
    return tables;
  }

  /** Where the read models stand that are written together, which projections are among them, and which code works them. */
  async live(): Promise<Readonly<{ checkpoint: Position; projections: ReadonlySet<string>; release: string | null }>> {
    const text = `select checkpoint::text, release, array(select projection from app.projection_builds where live) as projections from app.live_read_models`;
    const { rows } = await this.app.query<{ checkpoint: string; release: string | null; projections: string[] }>(
      answeredInTime({ name: 'live read models', text }),
    );
    const [row] = rows;
    if (!row) throw new Error('app.live_read_models has lost its row');
    return { checkpoint: BigInt(row.checkpoint), projections: new Set(row.projections), release: row.release };
  }

  /** Makes empty tables for the next build of this projection's version and shape; unfinished ones before it are given up. */
  async create(projection: Projection): Promise<string> {
    const role = await this.appRole();
    return this.transaction(projection.name, async (client) => {
      const { rows } = await client.query<{ generation: number }>(
        'select coalesce(max(generation) + 1, 0) as generation from app.projection_builds where projection = $1 and version = $2',
        [projection.name, projection.version],
      );
      const generation = rows[0]?.generation ?? 0;
      const schema = schemaNameOf(projection.name, projection.version, generation);
      await client.query(
        `update app.projection_builds set retired = true
         where projection = $1 and version <= $2 and not live and schema_name is distinct from (select serving from app.projections where name = $1)`,
        [projection.name, projection.version],
      );
      await client.query(
        'insert into app.projection_builds (schema_name, projection, version, generation, shape) values ($1, $2, $3, $4, $5)',
        [schema, projection.name, projection.version, generation, shapeOf(projection.tables)],
      );
      // Tables of this name without a row in the book are left over from a restored `app`: nobody reads them.
      await client.query(`drop schema if exists ${quoted(schema)} cascade`);
      await client.query(buildSql(projection, schema, role));
      return schema;
    });
  }

  /**
   * Brings a build's secondary indexes in step with the definition: they are no part of its shape. Those of a build that is read and written are
   * made beside the traffic; on others a plain index is quicker, and the runner must not write meanwhile (it would only wait). It takes as long as it takes,
   * or until the signal aborts: what is half made then is made anew the next time.
   */
  async index(
    projection: Projection,
    schema: string,
    tables: readonly TableDefinition[],
    { inUse = false, signal }: Readonly<{ inUse?: boolean; signal?: AbortSignal }> = {},
  ): Promise<void> {
    const client = await this.owner.connect();
    const cancel = (): void => void cancelled(client, this.owner);
    signal?.addEventListener('abort', cancel);
    const run = async (text: string): Promise<void> => {
      signal?.throwIfAborted();
      await client.query(answeredAtLast({ text }));
    };
    try {
      const { rows } = await client.query<{ name: string; valid: boolean }>(
        `select c.relname as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
         join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and not i.indisprimary`,
        [schema],
      );
      const wanted = tables.flatMap((table) => indexesOf(table, schema, inUse));
      const sound = new Set(rows.filter(({ valid }) => valid).map(({ name }) => name));
      const drop = (name: string): Promise<void> => run(`drop index ${inUse ? 'concurrently ' : ''}${quoted(schema)}.${quoted(name)}`);
      for (const { name } of rows.filter(({ valid }) => !valid)) await drop(name);
      const missing = wanted.filter(({ name }) => !sound.has(name));
      for (const { text } of missing) await run(text);
      for (const name of sound) if (!wanted.some((index) => index.name === name)) await drop(name);
      if (missing.length > 0 || !inUse) for (const { name } of projection.tables) await run(`analyze ${quoted(schema)}.${quoted(name)}`);
      await client.query('update app.projection_builds set indexed = true where schema_name = $1 and not indexed', [schema]);
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Drops the tables of builds that are retired; one that is still being read stays for the next time. */
  async dropRetired(projection: string): Promise<void> {
    const { rows } = await this.owner.query<{ schema_name: string }>(
      'select schema_name from app.projection_builds where projection = $1 and retired',
      [projection],
    );
    for (const { schema_name: schema } of rows)
      await this.transaction(projection, async (client) => {
        await client.query(`set local lock_timeout = '1s'`);
        await client.query(`drop schema if exists ${quoted(schema)} cascade`);
        await client.query('delete from app.projection_builds where schema_name = $1 and retired', [schema]);
      });
  }

  /** The role that folds and reads, as the database knows it: the tables are the owner's. */
  async appRole(): Promise<string> {
    if (this.role === undefined) {
      const { rows } = await this.app.query<{ role: string }>('select current_user as role');
      this.role = rows[0]?.role ?? 'millwright_app';
    }
    return this.role;
  }

  /** As the owner, one process at a time a projection. */
  private async transaction<T>(projection: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.owner, async (client) => {
      await client.query(`select pg_advisory_xact_lock(hashtextextended('millwright builds ' || $1, 0))`, [projection]);
      return work(client);
    });
  }
}

/** Asks the server to end what another session of ours is doing, on a connection of its own: those of the pool may all be waiting. */
async function cancelled({ processID }: pg.PoolClient & Readonly<{ processID?: number | null }>, { options }: pg.Pool): Promise<void> {
  const client = new pg.Client(options);
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_cancel_backend($1)', [processID]);
  } catch {
    // Without a server there is nothing to be ended.
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

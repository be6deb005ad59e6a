import type pg from 'pg';
import type { Position } from '../event.js';
import type { Projection } from '../projection.js';
import { answeredAtLast, answeredInTime } from './answered-in-time.js';
import { buildSql, indexSql, quoted, schemaNameOf, viewSql } from './read-model-schema.js';

/** One set of tables of a projection. A build of a higher version, or of the same version and a higher generation, is to take over from a lower one. */
export type Build = Readonly<{
  schema: string;
  projection: string;
  version: number;
  generation: number;
  checkpoint: Position;
  indexed: boolean;
  retired: boolean;
  serving: boolean;
  /** The streams it has parked. */
  parked: readonly string[];
}>;

type BuildRow = Omit<Build, 'checkpoint'> & { checkpoint: string };

const selectBuilds = `
select b.schema_name as schema, b.projection, b.version, b.generation, b.checkpoint::text, b.indexed, b.retired, coalesce(p.serving = b.schema_name, false) as serving,
  array(select stream from app.parked_streams s where s.schema_name = b.schema_name order by stream) as parked
from app.projection_builds b left join app.projections p on p.name = b.projection
order by b.projection, b.version, b.generation`;

/** The book of builds in schema `app`, and everything that creates, flips and drops tables (as the owner; reading is the app's). */
export class BuildCatalog {
  private role: string | undefined;

  constructor(
    private readonly app: pg.Pool,
    private readonly owner: pg.Pool,
  ) {}

  async list(): Promise<Build[]> {
    const { rows } = await this.app.query<BuildRow>(answeredInTime({ text: selectBuilds }));
    return rows.map((row) => ({ ...row, checkpoint: BigInt(row.checkpoint) }));
  }

  /** The checkpoints of the builds that serve, by projection. */
  async servingCheckpoints(): Promise<Map<string, Position>> {
    const text = 'select p.name, b.checkpoint::text from app.projections p join app.projection_builds b on b.schema_name = p.serving';
    const { rows } = await this.app.query<{ name: string; checkpoint: string }>(answeredInTime({ text }));
    return new Map(rows.map(({ name, checkpoint }) => [name, BigInt(checkpoint)]));
  }

  /**
   * Makes empty tables for the next build of this projection's version; unfinished ones before it are given up.
   * Where nothing serves yet, the new build does at once: an empty read model is a correct one of an empty log.
   */
  async create(projection: Projection): Promise<string> {
    const role = await this.appRole();
    return this.transaction(projection.name, async (client) => {
      const { rows } = await client.query<{ serving: string | null; generation: number }>(
        `select (select serving from app.projections where name = $1) as serving,
                coalesce((select max(generation) + 1 from app.projection_builds where projection = $1 and version = $2), 0) as generation`,
        [projection.name, projection.version],
      );
      const [row] = rows;
      const schema = schemaNameOf(projection.name, projection.version, row?.generation ?? 0);
      await client.query(
        `update app.projection_builds set retired = true
         where projection = $1 and version <= $2 and schema_name is distinct from (select serving from app.projections where name = $1)`,
        [projection.name, projection.version],
      );
      await client.query('insert into app.projection_builds (schema_name, projection, version, generation) values ($1, $2, $3, $4)', [
        schema,
        projection.name,
        projection.version,
        row?.generation ?? 0,
      ]);
      // Tables of this name without a row in the book are left over from a restored `app`: nobody reads them.
      await client.query(`drop schema if exists ${quoted(schema)} cascade`);
      await client.query(buildSql(projection, schema, role));
      if (!row?.serving) await this.serve(client, projection, schema, role);
      return schema;
    });
  }

  /** Makes a build's secondary indexes; its runner must not write meanwhile (it would only wait). */
  async index(projection: Projection, schema: string): Promise<void> {
    for (const text of indexSql(projection, schema)) await this.owner.query(answeredAtLast({ text }));
    await this.owner.query('update app.projection_builds set indexed = true where schema_name = $1', [schema]);
  }

  /**
   * Shows this build in the views instead of the one that serves, in one transaction.
   * Answers false, and changes nothing, while it is behind that one: what was read once must not disappear.
   */
  async flip(projection: Projection, schema: string): Promise<boolean> {
    const role = await this.appRole();
    return this.transaction(projection.name, async (client) => {
      await client.query(`set local lock_timeout = '2s'`);
      const { rows } = await client.query<{ schema_name: string; checkpoint: string; retired: boolean; serving: boolean }>(
        `select b.schema_name, b.checkpoint::text, b.retired, coalesce(p.serving = b.schema_name, false) as serving
         from app.projection_builds b left join app.projections p on p.name = b.projection
         where b.projection = $1 order by b.schema_name for update of b`,
        [projection.name],
      );
      const own = rows.find((row) => row.schema_name === schema);
      const serving = rows.find((row) => row.serving);
      if (!own || own.retired) return false;
      if (serving && BigInt(own.checkpoint) < BigInt(serving.checkpoint)) return false;
      await this.serve(client, projection, schema, role);
      return true;
    });
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

  /** Moves the checkpoints of builds that had nothing to write, with one statement; answers those that stood where their runner believed. */
  async moveIdle(steps: readonly Readonly<{ schema: string; from: Position; to: Position }>[]): Promise<Set<string>> {
    const { rows } = await this.app.query<{ schema_name: string }>(
      answeredInTime({
        name: 'projections move idle',
        text: `update app.projection_builds b set checkpoint = s.reached
       from unnest($1::text[], $2::numeric[], $3::numeric[]) as s(schema_name, believed, reached)
       where b.schema_name = s.schema_name and b.checkpoint = s.believed and not b.retired returning b.schema_name`,
        values: [steps.map(({ schema }) => schema), steps.map(({ from }) => String(from)), steps.map(({ to }) => String(to))],
      }),
    );
    return new Set(rows.map((row) => row.schema_name));
  }

  private async serve(client: pg.PoolClient, projection: Projection, schema: string, role: string): Promise<void> {
    await client.query(viewSql(projection, schema, role));
    await client.query(
      'insert into app.projections (name, serving) values ($1, $2) on conflict (name) do update set serving = excluded.serving',
      [projection.name, schema],
    );
    // A higher build that is still under way goes on; everything before this one is done with.
    await client.query(
      `update app.projection_builds b set retired = true from app.projection_builds s
       where s.schema_name = $2 and b.projection = $1 and (b.version, b.generation) < (s.version, s.generation)`,
      [projection.name, schema],
    );
  }

  /** The role that folds and reads, as the database knows it: the tables are the owner's. */
  private async appRole(): Promise<string> {
    if (this.role === undefined) {
      const { rows } = await this.app.query<{ role: string }>('select current_user as role');
      this.role = rows[0]?.role ?? 'millwright_app';
    }
    return this.role;
  }

  /** As the owner, one process at a time a projection. */
  private async transaction<T>(projection: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.owner.connect();
    try {
      await client.query('begin');
      await client.query(`select pg_advisory_xact_lock(hashtextextended('millwright builds ' || $1, 0))`, [projection]);
      const result = await work(client);
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }
}

import type pg from 'pg';
import type { Position } from '../event.js';
import type { Projection, TableDefinition } from '../projection.js';
import { inTransaction, type BuildCatalog } from './build-catalog.js';
import { CheckpointMoved } from './checkpoint-step.js';
import { quoted, viewSql } from './read-model-schema.js';

/** A build that the views are to show, with its tables as the database has them. */
export type Shown = Readonly<{ projection: Projection; schema: string; tables: readonly TableDefinition[] }>;

/** The mark of who works the live read models: a change of it by anybody else ends the work of this process. */
export type Tenure = Readonly<{ epoch: string; checkpoint: Position }>;

/**
 * How a reader of several views begins, before it has a snapshot: until it ends, the views go on showing the builds that they show. Otherwise a build that
 * takes over in between would be looked at as of a moment when it was still catching up, or empty.
 */
export const beginSnapshot =
  'START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE app.live_read_models IN ROW SHARE MODE';

/**
 * Which builds are written together and shown by the views of schema `read`: the two go together in one transaction, so that
 * a reader finds tables that all stand at one position, or no table at all. Done as the owner, who alone makes and drops views.
 */
export class LiveMembership {
  constructor(
    private readonly owner: pg.Pool,
    private readonly catalog: BuildCatalog,
    /** Projections, versions and shapes of this code, as one word. */
    private readonly release: string,
  ) {}

  /** This process works the live read models from now on: those it can; what it cannot is no longer shown, and keeps its own checkpoint. */
  async takeOver(kept: readonly Shown[]): Promise<Tenure> {
    const role = await this.catalog.appRole();
    return this.transaction(async (client) => {
      const { rows } = await client.query<{ epoch: string; checkpoint: string; same: boolean }>(
        `update app.live_read_models l set epoch = l.epoch + 1, release = $1 from app.live_read_models before
         returning l.epoch::text, l.checkpoint::text, coalesce(before.release = $1, false) as same`,
        [this.release],
      );
      const [row] = rows;
      if (!row) throw new Error('app.live_read_models has lost its row');
      await client.query(
        'update app.projection_builds set live = false, checkpoint = $2::numeric where live and not (schema_name = any($1::text[]))',
        [kept.map(({ schema }) => schema), row.checkpoint],
      );
      await this.dropViewsBut(client, new Set(kept.flatMap(({ tables }) => tables.map(({ name }) => name))));
      if (!row.same) for (const shown of kept) await client.query(viewSql(shown.projection, shown.schema, role, shown.tables));
      return { epoch: row.epoch, checkpoint: BigInt(row.checkpoint) };
    });
  }

  /**
   * Builds that stand at `at` become live, are shown, and replace others of their projections.
   * @throws CheckpointMoved when somebody else works the live read models, or one of the builds is elsewhere or given up
   */
  async admit(tenure: Tenure, at: Position, builds: readonly Shown[]): Promise<Tenure> {
    const role = await this.catalog.appRole();
    return this.transaction(async (client) => {
      const epoch = await this.nextEpoch(client, tenure, at);
      for (const shown of builds) {
        const { rowCount } = await client.query(
          'update app.projection_builds set live = true where schema_name = $1 and checkpoint = $2::numeric and not retired',
          [shown.schema, String(at)],
        );
        if (rowCount !== 1) throw new CheckpointMoved(shown.schema);
        await this.show(client, shown, role);
      }
      return { epoch, checkpoint: at };
    });
  }

  /**
   * Builds that cannot be written leave: nobody sees them until they are back, and from here on each has its own checkpoint.
   * @throws CheckpointMoved when somebody else works the live read models
   */
  async expel(tenure: Tenure, builds: readonly Shown[]): Promise<Tenure> {
    return this.transaction(async (client) => {
      const epoch = await this.nextEpoch(client, tenure, tenure.checkpoint);
      for (const { schema, tables } of builds) {
        for (const { name } of tables) await client.query(`drop view if exists read.${quoted(name)}`);
        await client.query('update app.projection_builds set live = false, checkpoint = $2::numeric where schema_name = $1', [
          schema,
          String(tenure.checkpoint),
        ]);
      }
      return { epoch, checkpoint: tenure.checkpoint };
    });
  }

  private async nextEpoch(client: pg.PoolClient, tenure: Tenure, to: Position): Promise<string> {
    const { rows } = await client.query<{ epoch: string }>(
      `update app.live_read_models set epoch = epoch + 1, checkpoint = $3::numeric where epoch = $1::bigint and checkpoint = $2::numeric returning epoch::text`,
      [tenure.epoch, String(tenure.checkpoint), String(to)],
    );
    const [row] = rows;
    if (!row) throw new CheckpointMoved('the live read models');
    return row.epoch;
  }

  private async show(client: pg.PoolClient, { projection, schema, tables }: Shown, role: string): Promise<void> {
    await client.query(viewSql(projection, schema, role, tables));
    await client.query(
      'insert into app.projections (name, serving) values ($1, $2) on conflict (name) do update set serving = excluded.serving',
      [projection.name, schema],
    );
    // A higher build that is still under way goes on; everything before this one is done with.
    await client.query(
      `update app.projection_builds b set retired = true, live = false from app.projection_builds s
       where s.schema_name = $2 and b.projection = $1 and (b.version, b.generation) < (s.version, s.generation)`,
      [projection.name, schema],
    );
  }

  private async dropViewsBut(client: pg.PoolClient, kept: ReadonlySet<string>): Promise<void> {
    const { rows } = await client.query<{ name: string }>(`select viewname as name from pg_views where schemaname = 'read'`);
    for (const { name } of rows) if (!kept.has(name)) await client.query(`drop view read.${quoted(name)}`);
  }

  /** Readers hold their views for moments only; one that holds it longer makes this fail, and be tried again. What only reads the table (a dump) holds up nobody. */
  private transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.owner, async (client) => {
      await client.query(`set local lock_timeout = '2s'; lock table app.live_read_models in exclusive mode`);
      return work(client);
    });
  }
}

import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createDatabase, type TestDatabase } from '../../../../../test/harness/database.js';
import type { Event, Position, ProposedEvent } from '../../event.js';
import { logMigrations } from '../../postgres/log-schema.js';
import { PostgresLog } from '../../postgres/postgres-log.js';
import type { Projection } from '../../projection.js';
import { ProjectionEngine, type ProjectionEngineOptions } from '../projection-engine.js';
import { projectionMigrations } from '../projection-migrations.js';

export type Counted = Event<'Counted', { amount: number; kind: string; note?: string }>;

/** A row a stream and a row a kind (shared by many streams), with every kind of column. Version 2 is the same fold under another number. */
export const tally = (version = 1, poison?: (event: Counted & { revision: number; stream: string }) => boolean): Projection<Counted> => ({
  name: 'tally',
  version,
  categories: ['box', 'bag'],
  tables: [
    {
      name: 'stream_tally',
      columns: {
        stream: 'text',
        total: 'bigint',
        mean: 'numeric',
        last_at: 'timestamptz',
        day: 'date',
        amounts: 'bigint[]',
        state: 'jsonb',
        odd: 'boolean',
      },
      key: ['stream'],
      indexes: [['total', 'stream'], ['lower(stream)']],
    },
    { name: 'kind_tally', columns: { kind: 'text', parity: 'integer', events: 'integer' }, key: ['kind', 'parity'] },
  ],
  keys: ({ stream, data }) => [
    ['stream_tally', { stream }],
    ['kind_tally', { kind: data.kind, parity: data.amount % 2 }],
  ],
  apply(event, rows) {
    const { stream, data, metadata } = event;
    const known = rows.get('stream_tally', { stream });
    const total = Number(known?.total ?? 0) + data.amount;
    const amounts = [...((known?.amounts as number[] | undefined) ?? []), data.amount].slice(-3);
    rows.put('stream_tally', {
      stream,
      total,
      mean: (total / 4).toFixed(2),
      last_at: metadata.recorded_at,
      day: metadata.recorded_at.slice(0, 10),
      amounts,
      state: { last: data, note: data.note ?? null },
      odd: total % 2 === 1,
    });
    if (poison?.(event)) throw new Error(`cannot fold ${event.type}`);
    const kind = { kind: data.kind, parity: data.amount % 2 };
    const events = Number(rows.get('kind_tally', kind)?.events ?? 0) + 1;
    if (data.amount === 0) rows.remove('kind_tally', kind);
    else rows.put('kind_tally', { ...kind, events });
  },
});

/** A row an event, of every category. */
export const journal: Projection<Counted> = {
  name: 'journal',
  version: 1,
  tables: [
    {
      name: 'journal_line',
      columns: { position: 'numeric', stream: 'text', amount: 'bigint', note: 'text' },
      key: ['position'],
      indexes: [['stream']],
      appendOnly: true,
    },
  ],
  keys: () => [],
  apply: ({ position, stream, data }, rows) =>
    rows.add('journal_line', { position: String(position), stream, amount: data.amount, note: data.note }),
};

/** Cares for nothing that usually happens. */
export const rarely: Projection<Counted> = {
  name: 'rarely',
  version: 1,
  categories: ['comet'],
  tables: [{ name: 'comet', columns: { stream: 'text', seen: 'bigint' }, key: ['stream'] }],
  keys: ({ stream }) => [['comet', { stream }]],
  apply: ({ stream, revision }, rows) => rows.put('comet', { stream, seen: revision + 1 }),
};

const proposed = (data: Counted['data'], append: { index: number; size: number }): ProposedEvent => ({
  id: randomUUID(),
  type: 'Counted',
  data,
  metadata: {
    recorded_at: new Date().toISOString(),
    effective_at: new Date().toISOString(),
    schema_version: 1,
    actor: { kind: 'system', id: 'spec' },
    entity_id: 1,
    customer_id: 1,
    request_id: 'r',
    $correlationId: 'c',
    $causationId: 'c',
    ...(append.size > 1 && { append }),
  },
});

/** A database with a log in it, and engines on it: as many as there would be processes. */
export class World {
  private readonly engines: ProjectionEngine[] = [];
  private readonly pool: pg.Pool;

  private constructor(
    readonly database: TestDatabase,
    readonly log: PostgresLog,
  ) {
    this.pool = new pg.Pool({ connectionString: database.ownerUrl, max: 2 });
    this.pool.on('error', () => undefined);
  }

  static async create(): Promise<World> {
    const database = await createDatabase();
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    for (const { sql } of [...logMigrations, ...projectionMigrations]) await owner.query(sql);
    await owner.end();
    return new World(database, new PostgresLog({ url: database.url }));
  }

  engineOf(projections: readonly Projection<Counted>[], options: Partial<ProjectionEngineOptions> = {}): ProjectionEngine {
    const engine = new ProjectionEngine({
      log: this.log,
      projections: projections,
      database: { app: { connectionString: this.database.url }, owner: { connectionString: this.database.ownerUrl } },
      ...options,
    });
    this.engines.push(engine);
    return engine;
  }

  async started(projections: readonly Projection<Counted>[], options: Partial<ProjectionEngineOptions> = {}): Promise<ProjectionEngine> {
    const engine = this.engineOf(projections, options);
    await engine.start();
    return engine;
  }

  async append(stream: string, ...amounts: (number | Counted['data'])[]): Promise<Position> {
    const events = amounts.map((amount, index) =>
      proposed(typeof amount === 'number' ? { amount, kind: amount % 3 === 0 ? 'fizz' : 'plain' } : amount, {
        index,
        size: amounts.length,
      }),
    );
    return (await this.log.append({ stream, expected: 'any', events })).position;
  }

  async rows<Row extends object = Record<string, unknown>>(sql: string, ...values: unknown[]): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, values)).rows;
  }

  /** A connection as the owner, to be ended by whoever asks for it. */
  async session(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.database.ownerUrl });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Holds a table so that nobody else can touch it. */
  async locked(table: string): Promise<{ release: () => Promise<void> }> {
    const client = await this.pool.connect();
    await client.query(`begin; lock table ${table} in access exclusive mode`);
    return {
      release: async () => {
        await client.query('rollback');
        client.release();
      },
    };
  }

  /** Ends every session, as a restart of the database would; or only those that hold worker locks. */
  async cutConnections(which: 'all' | 'worker locks' = 'all'): Promise<void> {
    const client = new pg.Client({ connectionString: this.database.superuserUrl });
    await client.connect();
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
       and ($1 or pid in (select pid from pg_locks where locktype = 'advisory' and granted))`,
      [which === 'all'],
    );
    await client.end();
  }

  async stop(engine: ProjectionEngine): Promise<void> {
    this.engines.splice(this.engines.indexOf(engine), 1);
    await engine.stop();
  }

  async end(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.stop()));
    await this.log.close();
    await this.pool.end();
    await this.database.drop();
  }
}

/** Waits until something is so. */
export async function eventually(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

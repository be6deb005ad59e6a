import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { TableDefinition } from '../projection.js';
import { answeredInTime } from './answered-in-time.js';
import { CheckpointMoved, type CheckpointStep } from './checkpoint-step.js';
import { copyRows, copyFromRows, encoded } from './copy-rows.js';
import type { ParkedStream } from './parked-streams.js';
import { quoted } from './read-model-schema.js';
import type { TableChanges } from './table-buffer.js';
import { matching, recordset } from './row-sets.js';

/** What a batch of events changed in the tables of one build. */
export type BuildChanges = Readonly<{ schema: string; changes: readonly TableChanges[]; parked: readonly ParkedStream[] }>;

/** Rows one statement replaces at most. */
const statementRows = 5000;
/**
 * Parts of one statement at most: past that, a statement a table. What people do together with what happens by itself (a restock, and an order that is
 * raised) has nine or ten, and a statement each took five times as long as one for all, with every reader waiting for the last of them.
 */
const statementParts = 16;
/** Parts in all statements that are kept prepared: the mixtures of tables that small batches touch are few, and a rare one is planned each time. */
const preparedParts = 1000;
/** How long a build's rows may take when they are written to see whether they can be, in milliseconds. */
const trialMs = 2000;

type Part = Readonly<{ shape: string; sql: (parameter: string, condition: string) => string; rows: readonly unknown[] }>;

/** Writes batches: the rows of one build or of many, and the checkpoint they stand for, in one transaction. */
export class BatchWriter {
  private readonly prepared = new Map<string, Readonly<{ name: string; text: string }>>();
  private partsPrepared = 0;

  constructor(private readonly pool: pg.Pool) {}

  /**
   * Writes rows, parked streams and checkpoint, all or none.
   * @throws CheckpointMoved when the checkpoint was not where the step begins; nothing was written
   * @throws UnwritableRows when a row cannot be put into words for the database
   */
  async write(step: CheckpointStep, builds: readonly BuildChanges[]): Promise<void> {
    const parts = builds.flatMap(partsOf);
    if (parts.length <= statementParts && builds.every(({ changes }) => changes.every(fitsOneStatement)))
      return this.move(this.pool, step, parts);
    const client = await this.pool.connect();
    try {
      await client.query(answeredInTime({ text: 'begin' }));
      await this.move(client, step, []);
      for (const build of builds) await this.writeBuild(client, build);
      await client.query(answeredInTime({ text: 'commit' }));
      client.release();
    } catch (error) {
      // A transaction that failed half-way ends with its connection, whatever state that is in.
      client.release(true);
      throw error;
    }
  }

  /** Writes the rows of one build and takes them back: throws what the database, or putting them into words, has against them. */
  async tryOut(build: BuildChanges): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query(answeredInTime({ text: `begin; set local statement_timeout = ${trialMs}` }));
      await this.writeBuild(client, build);
    } finally {
      await client.query(answeredInTime({ text: 'rollback' })).then(
        () => client.release(),
        () => client.release(true),
      );
    }
  }

  /** Inside a transaction that has moved the checkpoint. */
  private async writeBuild(client: pg.PoolClient, build: BuildChanges): Promise<void> {
    for (const change of build.changes) {
      const { table, fresh, puts, adds } = change;
      if (fitsOneStatement(change)) continue;
      await copyRows(client, nameOf(build.schema, table), table, [...fresh, ...adds]);
      for (let done = 0; done < puts.length; done += statementRows)
        await this.run(client, putPart(build.schema, table, puts.slice(done, done + statementRows)));
      if (change.removals.length > 0) await this.run(client, removalPart(build.schema, change));
    }
    const small = { ...build, changes: build.changes.filter(fitsOneStatement) };
    for (const part of partsOf(small)) await this.run(client, part);
  }

  /**
   * One statement writes everything: the checkpoint moves first, and every other part asks whether it did.
   * A second worker waits at the checkpoint's row and then finds it moved.
   */
  private async move(connection: pg.Pool | pg.PoolClient, step: CheckpointStep, parts: readonly Part[]): Promise<void> {
    const values: unknown[] = [...step.values];
    const numbers = parts.map(({ rows }) => values.push(encoded(() => JSON.stringify(rows))));
    const statement = this.statement(`${step.shape}${parts.map(({ shape }) => shape).join('')}`, 1 + parts.length, () => {
      const written = parts.map(({ sql }, index) => `part${index + 1} as (${sql(`$${numbers[index]}`, 'exists (select from moved)')})`);
      return `with ${[`moved as (${step.sql})`, ...written].join(',\n')} select from moved`;
    });
    const { rowCount } = await connection.query(answeredInTime({ ...statement, values }));
    if (rowCount !== 1) throw new CheckpointMoved(step.subject);
  }

  private async run(client: pg.PoolClient, { shape, sql, rows }: Part): Promise<void> {
    const values = [encoded(() => JSON.stringify(rows))];
    await client.query(answeredInTime({ ...this.statement(`only${shape}`, 1, () => sql('$1', 'true')), values }));
  }

  /** The statement of a shape, prepared under a name of its own as long as there are not too many. */
  private statement(shape: string, parts: number, textOf: () => string): { name?: string; text: string } {
    const known = this.prepared.get(shape);
    if (known) return known;
    if (this.partsPrepared + parts > preparedParts) return { text: textOf() };
    this.partsPrepared += parts;
    const statement = { name: `batch ${createHash('sha1').update(shape).digest('hex')}`, text: textOf() };
    this.prepared.set(shape, statement);
    return statement;
  }
}

const nameOf = (schema: string, table: TableDefinition): string => `${quoted(schema)}.${quoted(table.name)}`;

const fitsOneStatement = ({ fresh, puts, removals, adds }: TableChanges): boolean =>
  fresh.length < copyFromRows && adds.length < copyFromRows && puts.length + removals.length < statementRows;

function partsOf({ schema, changes, parked }: BuildChanges): Part[] {
  const parts = changes.flatMap((change) => [
    putPart(schema, change.table, [...change.fresh, ...change.puts]),
    removalPart(schema, change),
    additionPart(schema, change),
  ]);
  return [...parts, parkingPart(schema, parked)].filter(({ rows }) => rows.length > 0);
}

const putPart = (schema: string, table: TableDefinition, rows: readonly unknown[]): Part => ({
  shape: ` +${schema}.${table.name}`,
  sql: (parameter, condition) => `${insertSql(schema, table, parameter, condition)} ${onConflict(table)}`,
  rows,
});

const additionPart = (schema: string, { table, adds }: TableChanges): Part => ({
  shape: ` *${schema}.${table.name}`,
  sql: (parameter, condition) => insertSql(schema, table, parameter, condition),
  rows: adds,
});

const removalPart = (schema: string, { table, removals }: TableChanges): Part => ({
  shape: ` -${schema}.${table.name}`,
  sql: (parameter, condition) =>
    `delete from ${nameOf(schema, table)} t using ${recordset(parameter, table, table.key, 'k')} where ${matching(table)} and ${condition}`,
  rows: removals,
});

/** A stream that is parked already only counts on. */
const parkingPart = (schema: string, parked: readonly ParkedStream[]): Part => ({
  shape: ' !',
  sql: (parameter, condition) => `
insert into app.parked_streams as parked (schema_name, stream, projection, position, event_id, event_type, error, events, last_position)
select p.schema_name, p.stream, p.projection, p.position, p.event_id, p.event_type, p.error, p.events, p.last_position
from json_to_recordset(${parameter}::json) as p(schema_name text, stream text, projection text, position numeric, event_id text, event_type text, error text, events bigint, last_position numeric)
where ${condition}
on conflict (schema_name, stream) do update set events = parked.events + excluded.events, last_position = excluded.last_position`,
  rows: parked.map((stream) => ({ ...stream, schema_name: schema })),
});

function insertSql(schema: string, table: TableDefinition, parameter: string, condition: string): string {
  const columns = Object.keys(table.columns);
  const names = columns.map(quoted).join(', ');
  return `insert into ${nameOf(schema, table)} (${names}) select ${names} from ${recordset(parameter, table, columns, 'r')} where ${condition}`;
}

function onConflict(table: TableDefinition): string {
  const rest = Object.keys(table.columns).filter((name) => !table.key.includes(name));
  const key = table.key.map(quoted).join(', ');
  if (rest.length === 0) return `on conflict (${key}) do nothing`;
  return `on conflict (${key}) do update set ${rest.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ')}`;
}

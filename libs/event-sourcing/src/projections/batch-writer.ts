import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Position } from '../event.js';
import type { ColumnType, Projection, Row, TableDefinition } from '../projection.js';
import { answeredInTime } from './answered-in-time.js';
import { copyField, fromDatabaseText } from './column-values.js';
import type { ParkedStream } from './parked-streams.js';
import { quoted } from './read-model-schema.js';
import type { RowBuffer, TableChanges } from './row-buffer.js';

/** The checkpoint is not where its writer left it, or the build was retired: somebody else works on it. */
export class CheckpointMoved extends Error {
  constructor(readonly schema: string) {
    super(`${schema}: the checkpoint was moved by another worker, or the build is retired`);
    this.name = 'CheckpointMoved';
  }
}

/** The rows of a batch cannot be written in this form, whoever tries. */
export class UnwritableRows extends Error {
  constructor(cause: unknown) {
    super(`the rows cannot be written: ${String(cause)}`, { cause });
    this.name = 'UnwritableRows';
  }
}

/** From this many new rows on, COPY is faster than one more statement. */
const copyFromRows = 200;
/** Rows one statement replaces at most. */
const statementRows = 5000;

/** Values come as PostgreSQL's text: one parser, ours. */
const asText = { getTypeParser: () => (value: string) => value };

type Step = Readonly<{ from: Position; to: Position }>;

/** Reads and writes the tables of one build, each batch in one transaction with the checkpoint. */
export class BatchWriter {
  constructor(
    private readonly pool: pg.Pool,
    private readonly projection: Projection,
    private readonly schema: string,
  ) {}

  /** Loads rows into the buffer, with one statement a table. */
  async load(wanted: ReadonlyMap<string, readonly Row[]>, rows: RowBuffer): Promise<void> {
    await Promise.all(
      this.projection.tables.map(async (table) => {
        const keys = wanted.get(table.name);
        if (!keys || keys.length === 0) return;
        const columns = Object.entries(table.columns);
        const text = `select ${columns.map(([name]) => `t.${quoted(name)}`).join(', ')} from ${this.nameOf(table)} t join ${recordset('$1', table, table.key, 'k')} on ${matching(table)}`;
        const query = {
          ...this.named(` load ${table.name}`),
          text,
          values: [JSON.stringify(keys)],
          rowMode: 'array' as const,
          types: asText,
        };
        const result = await this.pool.query<(string | null)[]>(answeredInTime(query));
        const parsers = columns.map(([name, type]) => [name, fromDatabaseText[type]] as const);
        for (const fields of result.rows) rows.loaded(table.name, rowOf(parsers, fields));
      }),
    );
  }

  /**
   * Writes rows, parked streams and checkpoint, all or none.
   * @throws CheckpointMoved when the checkpoint was not at `step.from`; nothing was written
   * @throws UnwritableRows when a row cannot be put into words for the database
   */
  async write(changes: readonly TableChanges[], parked: readonly ParkedStream[], step: Step): Promise<void> {
    if (changes.every(fitsOneStatement))
      return this.run(
        this.pool,
        encoded(() => this.statementOf(changes, parked, step)),
      );
    const client = await this.pool.connect();
    try {
      await client.query(answeredInTime({ text: 'begin' }));
      await this.run(
        client,
        encoded(() => this.statementOf([], parked, step)),
      );
      for (const change of changes) await this.writeTable(client, change);
      await client.query(answeredInTime({ text: 'commit' }));
      client.release();
    } catch (error) {
      // A transaction that failed half-way ends with its connection, whatever state that is in.
      client.release(true);
      throw error;
    }
  }

  /** Inside a transaction that has moved the checkpoint. */
  private async writeTable(client: pg.PoolClient, { table, fresh, puts, removals, adds }: TableChanges): Promise<void> {
    await this.copy(client, table, [...fresh, ...adds]);
    for (let done = 0; done < puts.length; done += statementRows) {
      const values = [encoded(() => JSON.stringify(puts.slice(done, done + statementRows)))];
      const query = { ...this.named(` put ${table.name}`), text: `${this.insertSql(table, '$1')} ${onConflict(table)}`, values };
      await client.query(answeredInTime(query));
    }
    if (removals.length > 0) await client.query(answeredInTime({ text: this.deleteSql(table, '$1'), values: [JSON.stringify(removals)] }));
  }

  private async run(connection: pg.Pool | pg.PoolClient, statement: pg.QueryConfig): Promise<void> {
    const { rowCount } = await connection.query(answeredInTime(statement));
    if (rowCount !== 1) throw new CheckpointMoved(this.schema);
  }

  /**
   * One statement writes everything: the checkpoint moves first, and every other part asks whether it did.
   * A second worker waits at the checkpoint's row and then finds it moved.
   */
  private statementOf(changes: readonly TableChanges[], parked: readonly ParkedStream[], { from, to }: Step): pg.QueryConfig {
    const values: string[] = [this.schema, String(to), String(from)];
    const parts = [
      `moved as (update app.projection_builds set checkpoint = $2::numeric where schema_name = $1 and checkpoint = $3::numeric and not retired returning 1)`,
    ];
    let shape = '';
    const add = (kind: string, table: string, rows: readonly unknown[], sqlOf: (parameter: string) => string): void => {
      if (rows.length === 0) return;
      parts.push(`part${parts.length} as (${sqlOf(`$${values.push(JSON.stringify(rows))}`)})`);
      shape += ` ${kind}${table}`;
    };
    const ifMoved = 'exists (select from moved)';
    for (const { table, fresh, puts, removals, adds } of changes) {
      add('+', table.name, [...fresh, ...puts], (parameter) => `${this.insertSql(table, parameter, ifMoved)} ${onConflict(table)}`);
      add('-', table.name, removals, (parameter) => this.deleteSql(table, parameter, ifMoved));
      add('*', table.name, adds, (parameter) => this.insertSql(table, parameter, ifMoved));
    }
    add('!', '', parked, (parameter) => parkSql(parameter));
    return { ...this.named(shape), text: `with ${parts.join(',\n')} select from moved`, values };
  }

  /** A prepared statement is named by what it touches. PostgreSQL cuts names at 63 bytes, so a long one is not prepared at all. */
  private named(shape: string): { name?: string } {
    const name = `${this.schema}${shape}`;
    return name.length < 63 ? { name } : {};
  }

  private insertSql(table: TableDefinition, parameter: string, condition = 'true'): string {
    const columns = Object.keys(table.columns);
    const names = columns.map(quoted).join(', ');
    return `insert into ${this.nameOf(table)} (${names}) select ${names} from ${recordset(parameter, table, columns, 'r')} where ${condition}`;
  }

  private deleteSql(table: TableDefinition, parameter: string, condition = 'true'): string {
    return `delete from ${this.nameOf(table)} t using ${recordset(parameter, table, table.key, 'k')} where ${matching(table)} and ${condition}`;
  }

  private async copy(client: pg.PoolClient, table: TableDefinition, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const columns = Object.entries(table.columns);
    const stream = client.query(copyFrom(`copy ${this.nameOf(table)} (${columns.map(([name]) => quoted(name)).join(', ')}) from stdin`));
    const finished = once(stream, 'finish');
    finished.catch(() => undefined); // heard below, or by the one that waits for room
    for (let done = 0; done < rows.length; done += copyFromRows) {
      const text = encoded(() => copyText(columns, rows.slice(done, done + copyFromRows)));
      if (!stream.write(text)) await once(stream, 'drain');
    }
    stream.end();
    await finished;
  }

  private nameOf(table: TableDefinition): string {
    return `${quoted(this.schema)}.${quoted(table.name)}`;
  }
}

const fitsOneStatement = ({ fresh, puts, removals, adds }: TableChanges): boolean =>
  fresh.length < copyFromRows && adds.length < copyFromRows && puts.length + removals.length < statementRows;

function encoded<T>(encode: () => T): T {
  try {
    return encode();
  } catch (error) {
    throw new UnwritableRows(error);
  }
}

function rowOf(parsers: readonly (readonly [string, (value: string) => unknown])[], fields: readonly (string | null)[]): Row {
  const row: Row = {};
  parsers.forEach(([name, parse], index) => {
    const field = fields[index] ?? null;
    row[name] = field === null ? null : parse(field);
  });
  return row;
}

function copyText(columns: readonly (readonly [string, ColumnType])[], rows: readonly Row[]): string {
  const encoders = columns.map(([name, type]) => [name, copyField[type]] as const);
  let text = '';
  for (const row of rows) {
    let separator = '';
    for (const [name, encode] of encoders) {
      const value = row[name];
      text += separator + (value === null ? '\\N' : encode(value));
      separator = '\t';
    }
    text += '\n';
  }
  return text;
}

const recordset = (parameter: string, table: TableDefinition, columns: readonly string[], alias: string): string =>
  `json_to_recordset(${parameter}::json) as ${alias}(${columns.map((name) => `${quoted(name)} ${table.columns[name]}`).join(', ')})`;

const matching = (table: TableDefinition): string => table.key.map((name) => `t.${quoted(name)} = k.${quoted(name)}`).join(' and ');

function onConflict(table: TableDefinition): string {
  const rest = Object.keys(table.columns).filter((name) => !table.key.includes(name));
  const key = table.key.map(quoted).join(', ');
  if (rest.length === 0) return `on conflict (${key}) do nothing`;
  return `on conflict (${key}) do update set ${rest.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ')}`;
}

/** A stream that is parked already only counts on. */
const parkSql = (parameter: string): string => `
insert into app.parked_streams as parked (schema_name, stream, projection, position, event_id, event_type, error, events, last_position)
select $1, p.stream, p.projection, p.position, p.event_id, p.event_type, p.error, p.events, p.last_position
from json_to_recordset(${parameter}::json) as p(stream text, projection text, position numeric, event_id text, event_type text, error text, events bigint, last_position numeric)
where exists (select from moved)
on conflict (schema_name, stream) do update set events = parked.events + excluded.events, last_position = excluded.last_position`;

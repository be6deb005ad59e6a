import { createHash } from 'node:crypto';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { CannotDo } from './refusals.js';
import { endOfRows, formatVersion, inOurWords, type SequenceState, type SnapshotHeader, type TableHeading } from './snapshot-format.js';

export type SnapshotOptions = Readonly<{
  /** The release of Millwright that writes it. */
  release: string;
  /** Whether a table (`schema.table`) belongs into the snapshot. */
  holds: (table: string) => boolean;
  /** Told of each piece of rows, in bytes. */
  onProgress?: (bytes: number) => void;
  /** Told of each table that is complete. */
  onTable?: (table: string, rows: number) => void;
}>;

/** Parents before the tables that refer to them, since they were made before them. */
const selectTables = `
select n.nspname || '.' || c.relname as "table",
  (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'required', a.attnotnull) order by a.attnum)
   from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
  (select json_agg(a.attname order by k.place)
   from pg_index i cross join unnest(i.indkey::int2[]) with ordinality as k(attnum, place)
   join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where i.indrelid = c.oid and i.indisprimary) as key
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^(pg_|information_schema$)'
order by c.oid`;

/**
 * The text of one moment of a database (`snapshot-format.ts`), in pieces, never as a whole in memory. Whatever is written meanwhile goes on and is
 * not in it. The client is the tables' owner, in no transaction.
 * @throws CannotDo when tables change their shape meanwhile
 */
export async function* snapshotOf(client: pg.Client, options: SnapshotOptions): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const hashed = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    return bytes;
  };
  const tables = (await tablesIn(client)).filter(({ table }) => options.holds(table));
  let whole = false;
  let rowsUnderWay = false;
  await client.query('begin isolation level repeatable read read only');
  try {
    // Before the first query takes the snapshot: a table that changed its shape in between would not fit its heading.
    if (tables.length > 0) await client.query(`lock table ${tables.map(({ table }) => quotedName(table)).join(', ')} in access share mode`);
    await client.query(inOurWords);
    const now = (await tablesIn(client)).filter(({ table }) => options.holds(table));
    if (JSON.stringify(now) !== JSON.stringify(tables))
      throw new CannotDo('The database is just being brought to another version. Nothing was written; try again.');
    yield hashed(`${JSON.stringify(await headerOf(client, tables, options))}\n`);
    for (const heading of tables) {
      yield hashed(`${JSON.stringify(heading)}\n`);
      rowsUnderWay = true;
      const rows = client.query(copyTo(`copy ${columnsOf(heading)} to stdout`));
      for await (const chunk of rows as AsyncIterable<Buffer>) {
        hash.update(chunk);
        options.onProgress?.(chunk.length);
        yield chunk;
      }
      rowsUnderWay = false;
      options.onTable?.(heading.table, rows.rowCount);
      yield hashed(`${endOfRows}\n${JSON.stringify({ rows: rows.rowCount })}\n`);
    }
    whole = true;
  } finally {
    const end = client.query(whole ? 'commit' : 'rollback').catch(() => undefined);
    // Where nobody wants the rest of it, rows may be under way that nobody reads: what is sent behind them is answered never, or with the connection's end.
    if (!rowsUnderWay) await end;
  }
  yield Buffer.from(`${JSON.stringify({ sha256: hash.digest('hex') })}\n`);
}

/** Every table of the database's own schemas. */
export async function tablesIn(client: pg.Client): Promise<TableHeading[]> {
  return (await client.query<TableHeading>(selectTables)).rows;
}

async function headerOf(client: pg.Client, tables: readonly TableHeading[], { release }: SnapshotOptions): Promise<SnapshotHeader> {
  const { rows } = await client.query<{ position: string; migrations: string[] }>(
    `select (select position::text from log.counter) as position, (select json_agg(name order by id) from app.migrations) as migrations`,
  );
  const [state] = rows;
  if (!state) throw new Error('a query without FROM has one row');
  return {
    millwright_backup: formatVersion,
    release,
    made_at: new Date().toISOString(),
    ...state,
    sequences: await sequencesIn(client),
    tables: tables.map(({ table }) => table),
  };
}

/** Those that ids are taken from; one that belongs to a column is made with its table. */
async function sequencesIn(client: pg.Client): Promise<SequenceState[]> {
  const { rows: names } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c where c.relkind = 'S' and c.relnamespace = 'app'::regnamespace
     and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')) order by 1`,
  );
  const states: SequenceState[] = [];
  for (const { name } of names) {
    const { rows } = await client.query<SequenceState>(
      `select ${pg.escapeLiteral(name)} as name, last_value::text, is_called from app.${pg.escapeIdentifier(name)}`,
    );
    states.push(...rows);
  }
  return states;
}

export const quotedName = (table: string): string => table.split('.').map(pg.escapeIdentifier).join('.');

/** A table with the columns of its heading, as COPY wants it in both directions. */
export const columnsOf = ({ table, columns }: TableHeading): string =>
  `${quotedName(table)} (${columns.map(({ name }) => pg.escapeIdentifier(name)).join(', ')})`;

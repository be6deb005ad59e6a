import {
  historyOf,
  shownColumns,
  slowHistoryOf,
  validFrom,
  validTo,
  type ColumnType,
  type Row,
  type TableDefinition,
} from '#millwright/event-sourcing';
import { asOfSql, currentAsOf } from './as-of.js';
import { instantText } from '#millwright/fields';

/** A column of a view: a stored one of that name, or an SQL expression over `from`; a function where it reads another view, of the same moment. `onlySought`: lists filter by it, and no row shows it. */
export type ViewColumn = ColumnType | Readonly<{ type: ColumnType; sql: string | (() => string); onlySought?: boolean }>;

/** Where earlier versions of the rows are found. */
type ViewHistory =
  | Readonly<{
      /** All versions, each with the positions that it was true for. */
      versions: string;
      /** The same of some columns alone, which seldom change. */
      slow?: Readonly<{ versions: string; columns: readonly string[] }>;
    }>
  /** Rows that are only ever added, at this position. */
  | Readonly<{ addedAt: string }>;

/** What can be read: a table of a read model, or a join (users keep their names outside the read models). */
export type View = Readonly<{
  /** SQL after FROM: `read.locations`. */
  from: string;
  columns: Readonly<Record<string, ViewColumn>>;
  /** Left out: only today's rows are known. */
  history?: ViewHistory;
}>;

/** The view that the projection engine keeps of a table. */
export const viewOf = (table: TableDefinition): View => ({
  from: `read.${table.name}`,
  columns: shownColumns(table),
  ...historyOfTable(table),
});

function historyOfTable({ name, key, history, appendOnly, columns }: TableDefinition): Pick<View, 'history'> {
  if (appendOnly && 'position' in columns) return { history: { addedAt: 'position' } };
  if (!history) return {};
  const { owner, slow } = history;
  const kept = slow && [...key, ...(owner === undefined ? [] : [owner]), ...slow.columns];
  return {
    history: {
      versions: `read.${historyOf(name)}`,
      ...(kept && { slow: { versions: `read.${slowHistoryOf(name)}`, columns: kept } }),
    },
  };
}

/**
 * SQL after FROM, of a statement for `statementAsOf`: the rows of a view, today's or those of the moment that is asked for, under an alias.
 * `columns`: all that is asked of them, where a table of fewer columns may answer.
 */
export function rowsOf(view: View, alias?: string, columns?: readonly string[]): string {
  const { from, history } = view;
  if (currentAsOf() === undefined || !history) return alias === undefined ? from : `${from} ${alias}`;
  if ('addedAt' in history) return `(SELECT * FROM ${from} WHERE ${history.addedAt} <= ${asOfSql}) ${alias ?? 'past'}`;
  const { versions, slow } = history;
  const source = slow && columns?.every((column) => slow.columns.includes(column)) ? slow.versions : versions;
  return `(SELECT * FROM ${source} WHERE ${validFrom} <= ${asOfSql} AND ${validTo} > ${asOfSql}) ${alias ?? 'past'}`;
}

/**
 * The same for the row with an id, one step down an index also where it has many versions. Undefined where `rowsOf` is as good.
 * `id`: SQL of the sought one.
 */
export function versionOf(view: View, id: string): string | undefined {
  const { history } = view;
  if (currentAsOf() === undefined || !history || 'addedAt' in history) return undefined;
  const next = `SELECT * FROM ${history.versions} WHERE id = ${id} AND ${validTo} > ${asOfSql} ORDER BY ${validTo} LIMIT 1`;
  return `LATERAL (SELECT * FROM (${next}) next WHERE ${validFrom} <= ${asOfSql}) past`;
}

const columnType = (column: ViewColumn): ColumnType => (typeof column === 'string' ? column : column.type);

const shownColumnsOf = ({ columns }: View): readonly (readonly [name: string, column: ViewColumn])[] =>
  Object.entries(columns).filter(([, column]) => typeof column === 'string' || !column.onlySought);

/** The SQL of a column by its name. */
export function columnSql(view: View, name: string): string {
  const column = view.columns[name];
  if (column === undefined) throw new Error(`${view.from} has no column ${name}`);
  if (typeof column === 'string') return `"${name}"`;
  return typeof column.sql === 'string' ? column.sql : column.sql();
}

const selectLists = new WeakMap<View, string>();

/** The select list of all columns. Plain dates are read as text, since the driver would make a local midnight of them. */
export function selectList(view: View): string {
  const past = currentAsOf() !== undefined;
  let list = past ? undefined : selectLists.get(view);
  if (list === undefined) {
    list = shownColumnsOf(view)
      .map(([name, column]) => `${columnSql(view, name)}${columnType(column) === 'date' ? '::text' : ''} AS "${name}"`)
      .join(', ');
    if (!past) selectLists.set(view, list);
  }
  return list;
}

const typesOfColumns = new WeakMap<View, readonly (readonly [name: string, type: ColumnType])[]>();

/** A row as the driver gives it in the spelling of `Row`: ids as numbers, instants as ISO text, numerics as canonical text. */
export function readRow(view: View, raw: Readonly<Record<string, unknown>>): Row {
  let types = typesOfColumns.get(view);
  if (!types) typesOfColumns.set(view, (types = shownColumnsOf(view).map(([name, column]) => [name, columnType(column)])));
  const row: Row = {};
  for (const [name, type] of types) row[name] = readValue(type, raw[name]);
  return row;
}

function readValue(type: ColumnType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'bigint':
      return smallOrText(value as string);
    case 'bigint[]':
      return (value as readonly unknown[]).map(Number);
    case 'timestamptz':
      return instantText(value as Date);
    case 'integer':
    case 'text':
    case 'boolean':
    case 'numeric':
    case 'date':
    case 'jsonb':
    case 'uuid':
      return value;
  }
}

/** Ids fit a number; log positions may not, and stay text then. */
function smallOrText(digits: string | number): number | string {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

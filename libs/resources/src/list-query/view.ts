import { shownColumns, type ColumnType, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { instantText } from '../instants.js';

/** A column of a view: a stored one of that name, or an SQL expression over `from`. */
export type ViewColumn = ColumnType | Readonly<{ type: ColumnType; sql: string }>;

/** What can be read: a table of a read model, or a join (users keep their names outside the read models). */
export type View = Readonly<{
  /** SQL after FROM: `read.locations`. */
  from: string;
  columns: Readonly<Record<string, ViewColumn>>;
}>;

/** The view that the projection engine keeps of a table. */
export const viewOf = (table: TableDefinition): View => ({ from: `read.${table.name}`, columns: shownColumns(table) });

const columnType = (column: ViewColumn): ColumnType => (typeof column === 'string' ? column : column.type);

/** The SQL of a column by its name. */
export function columnSql(view: View, name: string): string {
  const column = view.columns[name];
  if (column === undefined) throw new Error(`${view.from} has no column ${name}`);
  return typeof column === 'string' ? `"${name}"` : column.sql;
}

const selectLists = new WeakMap<View, string>();

/** The select list of all columns. Plain dates are read as text, since the driver would make a local midnight of them. */
export function selectList(view: View): string {
  let list = selectLists.get(view);
  if (list === undefined) {
    list = Object.entries(view.columns)
      .map(([name, column]) => `${columnSql(view, name)}${columnType(column) === 'date' ? '::text' : ''} AS "${name}"`)
      .join(', ');
    selectLists.set(view, list);
  }
  return list;
}

const typesOfColumns = new WeakMap<View, readonly (readonly [name: string, type: ColumnType])[]>();

/** A row as the driver gives it in the spelling of `Row`: ids as numbers, instants as ISO text, numerics as canonical text. */
export function readRow(view: View, raw: Readonly<Record<string, unknown>>): Row {
  let types = typesOfColumns.get(view);
  if (!types) typesOfColumns.set(view, (types = Object.entries(view.columns).map(([name, column]) => [name, columnType(column)])));
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

import type { ColumnType, Projection, TableDefinition, TableHistory } from './projection.js';

/** A version of a row is what was true right after the event at `valid_from` and each one after it, up to but not at `valid_to`. */
export const validFrom = 'valid_from';
export const validTo = 'valid_to';

/** Where today's row says since when its slow columns are what they are. */
const slowFrom = 'slow_valid_from';

/** The end of a version that has none. */
export const forever = '9223372036854775807';

/** The view of all versions of a table's rows, today's among them. */
export const historyOf = (table: string): string => `${table}_history`;

/** The view of all versions of their slow columns. */
export const slowHistoryOf = (table: string): string => `${table}_slow_history`;

/** Columns of today's row that only the history shows. */
const sinceColumns = ({ history }: TableDefinition): readonly string[] => (history ? [validFrom, ...(history.slow ? [slowFrom] : [])] : []);

/** Where a table keeps what its fold remembers. */
export const memoryColumn = 'memory';

/** The columns that readers see. */
export function shownColumns(table: TableDefinition): TableDefinition['columns'] {
  const hidden = [...(table.memory ? [memoryColumn] : []), ...sinceColumns(table)];
  return hidden.length === 0 ? table.columns : Object.fromEntries(Object.entries(table.columns).filter(([name]) => !hidden.includes(name)));
}

/** The tables of a projection as the engine keeps them: with those of the versions of rows. */
export function tablesOf({ tables }: Pick<Projection, 'tables'>): readonly TableDefinition[] {
  return tables.flatMap((table) => (table.history && !(validFrom in table.columns) ? withHistory(table, table.history) : [table]));
}

function withHistory(table: TableDefinition, history: TableHistory): TableDefinition[] {
  const { name, key, indexes = [] } = table;
  const { owner, figures = [], slow } = history;
  const since = Object.fromEntries(sinceColumns(table).map((column) => [column, 'bigint' as const]));
  const today = { ...table, columns: { ...table.columns, ...since } };
  const versions = { key: [...key, validTo], appendOnly: true };
  const whole: TableDefinition = {
    ...versions,
    name: historyOf(name),
    columns: { ...shownColumns(table), ...range },
    // Where no column is slow, none is quick either: versions are few, and walked like today's rows.
    ...(!slow && { indexes }),
    ...(owner !== undefined && { covering: { columns: [owner, validTo, validFrom], include: [...key, ...figures] } }),
    versionsOf: { table: name, since: validFrom },
  };
  if (!slow) return [today, whole];
  const kept = [...key, ...(owner === undefined ? [] : [owner]), ...slow.columns];
  const slowly: TableDefinition = {
    ...versions,
    name: slowHistoryOf(name),
    columns: { ...Object.fromEntries(kept.map((column) => [column, slowType(table, column)])), ...range },
    indexes: slow.indexes,
    versionsOf: { table: name, since: slowFrom },
  };
  return [today, whole, slowly];
}

const range = { [validFrom]: 'bigint', [validTo]: 'bigint' } as const;

/** Versions are told apart by comparing values, so these must be plain. */
function slowType({ name, columns }: TableDefinition, column: string): ColumnType {
  const type = columns[column];
  if (type === undefined || type === 'jsonb' || type === 'bigint[]')
    throw new Error(`table ${name}: ${column} cannot have a history of its own`);
  return type;
}

import { createHash } from 'node:crypto';
import { forever, shownColumns, validFrom, validTo } from '../stored-tables.js';
import type { Projection, TableDefinition } from '../projection.js';

const identifier = /^[a-z_][a-z0-9_]*$/;

/** A name as SQL, quoted; asserts that it is one a person would choose, so that nothing has to be escaped. */
export function quoted(name: string): string {
  if (!identifier.test(name)) throw new Error(`"${name}" is no name for a table, column or schema: use lower case, digits and underscores`);
  return `"${name}"`;
}

/** `stock-level`, 1, 0 → `read_stock_level_v1`; a rebuild of the same version gets a generation behind it. */
export const schemaNameOf = (name: string, version: number, generation: number): string =>
  `read_${name.replaceAll('-', '_')}_v${version}${generation === 0 ? '' : `_${generation}`}`;

const keyOf = (table: TableDefinition): string => table.key.map(quoted).join(', ');

function createTable(schema: string, table: TableDefinition): string {
  const columns = Object.entries(table.columns).map(([name, type]) => `${quoted(name)} ${type}`);
  // Rows that are updated often find room for their next version on their own page.
  const storage = table.appendOnly ? '' : ' with (fillfactor = 80)';
  return `create table ${quoted(schema)}.${quoted(table.name)} (${columns.join(', ')}, primary key (${keyOf(table)}))${storage};`;
}

/** Schema and tables of a build. Secondary indexes come when it has caught up: filling an index row by row is several times slower. */
export const buildSql = (projection: Projection, schema: string, appRole: string): string =>
  [
    `create schema ${quoted(schema)};`,
    ...projection.tables.map((table) => createTable(schema, table)),
    `grant usage on schema ${quoted(schema)} to ${quoted(appRole)};`,
    `grant select, insert, update, delete on all tables in schema ${quoted(schema)} to ${quoted(appRole)};`,
  ].join('\n');

/** A secondary index under a name that says what is in it, so that another definition is another index. */
export type IndexDefinition = Readonly<{ name: string; text: string }>;

/** A column by itself or in an order of its own; of another expression nobody knows. */
const isThere = ({ columns }: TableDefinition, part: string): boolean => {
  const column = /^"?([a-z_][a-z0-9_]*)"?(?: COLLATE \S+)?$/.exec(part)?.[1];
  return column === undefined || column in columns;
};

/** The secondary indexes of a table; `inUse` makes them beside reads and writes, more slowly. */
export const indexesOf = (table: TableDefinition, schema: string, inUse: boolean): IndexDefinition[] =>
  [
    ...(table.indexes ?? []).map((columns) => ({ columns, include: [], method: '' })),
    ...(table.covering ? [{ ...table.covering, method: '' }] : []),
    ...(table.containing ?? []).map((column) => ({ columns: [column], include: [], method: ' using gin' })),
  ]
    // A build of another release may lack a column; its indexes come with the next build.
    .filter(({ columns, include }) => [...columns, ...include].every((part) => isThere(table, part)))
    .map(({ columns, include, method }) => {
      const listed = (parts: readonly string[]): string => parts.map((part) => (part in table.columns ? quoted(part) : part)).join(', ');
      const what = include.length === 0 ? listed(columns) : `${listed(columns)}) include (${listed(include)}`;
      const name = `${table.name.slice(0, 40)}_by_${createHash('sha256')
        .update(what + method)
        .digest('hex')
        .slice(0, 12)}`;
      const how = inUse ? 'concurrently ' : '';
      return {
        name,
        text: `create index ${how}if not exists ${quoted(name)} on ${quoted(schema)}.${quoted(table.name)}${method} (${what})`,
      };
    });

/** Points the views of schema `read` at a build; a column that its tables lack reads null, and there is no view of versions that it does not keep. */
export const viewSql = (projection: Projection, schema: string, appRole: string, tables: readonly TableDefinition[]): string =>
  projection.tables
    .map((table) => {
      const view = `read.${quoted(table.name)}`;
      const there = (name: string): TableDefinition | undefined => tables.find((built) => built.name === name);
      const { versionsOf } = table;
      if (versionsOf && !there(table.name)) return `drop view if exists ${view};`;
      const rows = rowsSql(schema, there(table.name) ?? table, shownColumns(table));
      const today = versionsOf && there(versionsOf.table);
      const ofToday = today
        ? [rowsSql(schema, today, table.columns, { [validFrom]: quoted(versionsOf.since), [validTo]: `bigint '${forever}'` })]
        : [];
      return `drop view if exists ${view}; create view ${view} as ${[rows, ...ofToday].join(' union all ')}; grant select on ${view} to ${quoted(appRole)};`;
    })
    .join('\n');

function rowsSql(
  schema: string,
  { name, columns }: TableDefinition,
  wanted: TableDefinition['columns'],
  others: Readonly<Record<string, string>> = {},
): string {
  const selected = Object.entries(wanted).map(([column, type]) => {
    const sql = others[column] ?? (column in columns ? quoted(column) : `null::${type}`);
    return sql === quoted(column) ? sql : `${sql} as ${quoted(column)}`;
  });
  return `select ${selected.join(', ')} from ${quoted(schema)}.${quoted(name)}`;
}

/** Every table name is a view name too, so two projections cannot have the same; nor can two projections have one name. */
export function assertDistinct(projections: readonly Projection[]): void {
  const seen = new Set<string>();
  for (const { name, tables } of projections)
    for (const label of [`projection ${name}`, ...tables.map((table) => `table ${table.name}`)]) {
      if (seen.has(label)) throw new Error(`${label} is defined twice`);
      seen.add(label);
    }
}

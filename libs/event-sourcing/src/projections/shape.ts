import { createHash } from 'node:crypto';
import type { TableDefinition } from '../projection.js';

/** What can be seen of a table in the database: its columns with their types as PostgreSQL names them, and its primary key. */
export type BuiltTable = Readonly<{ name: string; columns: Readonly<Record<string, string>>; key: readonly string[] }>;

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number => (one < other ? -1 : one > other ? 1 : 0);

/** The tables of a build as one word: a build is known by its projection, its version and this. The order of columns does not count, nor do indexes. */
export function shapeOf(tables: readonly BuiltTable[]): string {
  const facts = tables
    .map(({ name, columns, key }) => [name, { columns: Object.entries(columns).sort(byName), key }] as const)
    .sort(byName);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

/**
 * The tables as a build of another shape has them, where a fold for these definitions can go on writing it: the same tables (but for versions of rows) and keys,
 * and no column that is no longer filled and missed. Undefined where it cannot. Columns that the build lacks read null.
 */
export function narrowed(definitions: readonly TableDefinition[], built: readonly BuiltTable[]): TableDefinition[] | undefined {
  if (built.some(({ name }) => !definitions.some((definition) => definition.name === name))) return undefined;
  const tables: TableDefinition[] = [];
  for (const definition of definitions) {
    const there = built.find(({ name }) => name === definition.name);
    // Of a build without versions of rows there is no history to see.
    if (!there && definition.versionsOf) continue;
    if (!there || there.key.join() !== definition.key.join()) return undefined;
    const missed = Object.entries(there.columns).filter(([name]) => !definition.dropped?.includes(name));
    if (missed.some(([name, type]) => definition.columns[name] !== type)) return undefined;
    const columns = Object.fromEntries(Object.entries(definition.columns).filter(([name]) => name in there.columns));
    tables.push({ ...definition, columns });
  }
  return tables;
}

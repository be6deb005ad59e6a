import type { TableDefinition } from '../projection.js';
import { quoted } from './read-model-schema.js';

/** A JSON parameter as rows with some columns of a table. */
export const recordset = (parameter: string, table: TableDefinition, columns: readonly string[], alias: string): string =>
  `json_to_recordset(${parameter}::json) as ${alias}(${columns.map((name) => `${quoted(name)} ${table.columns[name]}`).join(', ')})`;

/** Table `t` and keys `k` name the same row. */
export const matching = (table: TableDefinition): string => table.key.map((name) => `t.${quoted(name)} = k.${quoted(name)}`).join(' and ');

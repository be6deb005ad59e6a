import type pg from 'pg';
import type { Row, TableDefinition } from '../projection.js';
import { answeredInTime } from './answered-in-time.js';
import { fromDatabaseText } from './column-values.js';
import { quoted } from './read-model-schema.js';
import type { RowBuffer } from './row-buffer.js';
import { matching, recordset } from './row-sets.js';

/** Values come as PostgreSQL's text: one parser, ours. */
const asText = { getTypeParser: () => (value: string) => value };

/** Reads the rows of one build that a batch of events is about to change. */
export class RowLoader {
  constructor(
    private readonly pool: pg.Pool,
    private readonly schema: string,
    private readonly tables: readonly TableDefinition[],
  ) {}

  /** Loads rows into the buffer, with one statement a table. */
  async load(wanted: ReadonlyMap<string, readonly Row[]>, rows: RowBuffer): Promise<void> {
    await Promise.all(
      this.tables.map(async (table) => {
        const keys = wanted.get(table.name);
        if (!keys || keys.length === 0) return;
        const columns = Object.entries(table.columns);
        const selected = columns.map(([name]) => `t.${quoted(name)}`).join(', ');
        const query = {
          ...this.named(` load ${table.name}`),
          text: `select ${selected} from ${quoted(this.schema)}.${quoted(table.name)} t join ${recordset('$1', table, table.key, 'k')} on ${matching(table)}`,
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

  /** PostgreSQL cuts names at 63 bytes, so a statement with a long one is not prepared at all. */
  private named(what: string): { name?: string } {
    const name = `${this.schema}${what}`;
    return name.length < 63 ? { name } : {};
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

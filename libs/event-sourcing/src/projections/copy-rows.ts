import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ColumnType, Row, TableDefinition } from '../projection.js';
import { copyField } from './column-values.js';
import { quoted } from './read-model-schema.js';

/** From this many new rows on, COPY is faster than one more statement. */
export const copyFromRows = 200;

/** The rows of a batch cannot be written in this form, whoever tries. */
export class UnwritableRows extends Error {
  constructor(cause: unknown) {
    super(`the rows cannot be written: ${String(cause)}`, { cause });
    this.name = 'UnwritableRows';
  }
}

/** @throws UnwritableRows when it fails */
export function encoded<T>(encode: () => T): T {
  try {
    return encode();
  } catch (error) {
    throw new UnwritableRows(error);
  }
}

/** Adds rows to a table by COPY, as fast as the connection takes them. */
export async function copyRows(client: pg.PoolClient, name: string, table: TableDefinition, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.entries(table.columns);
  const stream = client.query(copyFrom(`copy ${name} (${columns.map(([column]) => quoted(column)).join(', ')}) from stdin`));
  const finished = once(stream, 'finish');
  finished.catch(() => undefined); // heard below, or by the one that waits for room
  for (let done = 0; done < rows.length; done += copyFromRows) {
    const text = encoded(() => copyText(columns, rows.slice(done, done + copyFromRows)));
    if (!stream.write(text)) await once(stream, 'drain');
  }
  stream.end();
  await finished;
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

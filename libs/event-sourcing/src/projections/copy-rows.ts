import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Row, TableDefinition } from '../projection.js';
import { quoted } from './read-model-schema.js';
import { copyLine } from './row-functions.js';

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
  const columns = Object.keys(table.columns);
  const line = lineOf(table);
  const stream = client.query(copyFrom(`copy ${name} (${columns.map(quoted).join(', ')}) from stdin`));
  const finished = once(stream, 'finish');
  finished.catch(() => undefined); // heard below, or by the one that waits for room
  for (let done = 0; done < rows.length; done += copyFromRows) {
    const some = rows.slice(done, done + copyFromRows);
    const text = encoded(() => some.reduce((before, row) => before + line(row), ''));
    if (!stream.write(text)) await once(stream, 'drain');
  }
  stream.end();
  await finished;
}

const lines = new WeakMap<TableDefinition, (row: Readonly<Row>) => string>();

function lineOf(table: TableDefinition): (row: Readonly<Row>) => string {
  const known = lines.get(table) ?? copyLine(table.columns);
  lines.set(table, known);
  return known;
}

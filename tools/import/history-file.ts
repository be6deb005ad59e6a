import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';

/** One line of maintenance history that can be imported. `cost` is a canonical decimal in the entity's currency; negative is a credit. */
export type HistoryRow = Readonly<{ line: number; date: string; asset: string; title: string; category: string; cost: string }>;

/** A line that cannot be imported, and why, in words for the person who owns the file. */
export type RefusedRow = Readonly<{ line: number; reason: string }>;

export type HistoryFile = Readonly<{
  /** The hash of the file: with the line number it is a row's identity, for real files repeat rows that are not the same job. */
  hash: string;
  rows: readonly HistoryRow[];
  refused: readonly RefusedRow[];
}>;

const columns = ['BscStartDate', 'Asset', 'OriginalShorttext', 'PMType', 'Cost'] as const;
type Column = (typeof columns)[number];
type CsvRecord = Readonly<{ line: number; values: ReadonlyMap<Column, string>; width: number }>;

/** @throws Error when the file is no CSV with these columns at all; a line that is wrong is only refused */
export function readHistoryFile(content: Buffer): HistoryFile {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 32);
  const { header, records } = recordsOf(content);
  const rows: HistoryRow[] = [];
  const refused: RefusedRow[] = [];
  for (const record of records) {
    const row = rowOf(record, header.length);
    if (typeof row === 'string') refused.push({ line: record.line, reason: row });
    else rows.push(row);
  }
  return { hash, rows, refused };
}

function recordsOf(content: Buffer): { header: string[]; records: CsvRecord[] } {
  type Parsed = { record: string[]; info: { lines: number } };
  const parsed: Parsed[] = parse(content, {
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  }) as unknown as Parsed[];
  const header = parsed[0]?.record.map((name) => name.trim()) ?? [];
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new Error(`the first line must name the columns ${columns.join(', ')}; missing: ${missing.join(', ')}`);

  const records = parsed.slice(1).map(({ record, info }) => ({
    line: info.lines - lineBreaksIn(record),
    values: new Map(columns.map((column) => [column, record[header.indexOf(column)]?.trim() ?? ''])),
    width: record.length,
  }));
  return { header, records };
}

/** A quoted field may span lines; the line a person looks for is the first one of the record. */
const lineBreaksIn = (record: readonly string[]): number =>
  record.reduce((breaks, field) => breaks + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 0);

function rowOf({ line, values, width }: CsvRecord, expectedWidth: number): HistoryRow | string {
  const value = (column: Column): string => values.get(column) ?? '';
  const cost = value('Cost');
  if (width < expectedWidth) return `${width} columns where the header has ${expectedWidth}`;
  if (!/^-?\d+(\.\d+)?$/.test(cost)) return `cost '${cost}' is no number`;
  if (width > expectedWidth) return `${width} columns where the header has ${expectedWidth}`;
  if (!isCalendarDay(value('BscStartDate'))) return `date '${value('BscStartDate')}' is no day of the calendar (YYYY-MM-DD)`;
  if (value('Asset') === '') return 'no asset';
  return {
    line,
    date: value('BscStartDate'),
    asset: value('Asset'),
    title: value('OriginalShorttext') || '(no text)',
    category: value('PMType'),
    cost,
  };
}

function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

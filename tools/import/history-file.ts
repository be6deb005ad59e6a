import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { CsvError, parse } from 'csv-parse/sync';

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

/** The file as a whole cannot be read; the message is for the person who owns it. */
export class UnreadableFile extends Error {}

/** @throws UnreadableFile when the file is no CSV with these columns at all; a line that is wrong is only refused */
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
  const parsed = parseCsv(content);
  const header = parsed[0]?.record.map((name) => name.trim()) ?? [];
  requireColumns(header);

  let countedTwice = 0;
  const records = parsed.slice(1).map(({ record, info }) => ({
    // The parser counts a CRLF inside of quotes as two lines.
    line: info.lines - lineBreaksIn(record) - (countedTwice += countOf(/\r\n/g, record)),
    values: new Map(columns.map((column) => [column, record[header.indexOf(column)]?.trim() ?? ''])),
    width: record.length,
  }));
  return { header, records };
}

type Parsed = { record: string[]; info: { lines: number } };

function parseCsv(content: Buffer): Parsed[] {
  if (content.length === 0) throw new UnreadableFile('the file is empty');
  const isUtf16 = content[0] === 0xff && content[1] === 0xfe;
  // Read as UTF-8, another encoding would lose its letters in what is stored for ever.
  if (!isUtf16 && !isUtf8(content)) throw new UnreadableFile('the file is not UTF-8; save it as "CSV UTF-8"');
  const options = { bom: true, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true } as const;
  try {
    return parse(content, options) as unknown as Parsed[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UnreadableFile(
      error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quote is opened and never closed: the rest of the file is one field' : error.message,
    );
  }
}

function requireColumns(header: readonly string[]): void {
  const missing = columns.filter((column) => !header.includes(column));
  const twice = columns.find((column) => header.indexOf(column) !== header.lastIndexOf(column));
  if (twice !== undefined) throw new UnreadableFile(`the first line names the column ${twice} twice`);
  if (missing.length === 0) return;
  const wanted = `the first line must name the columns ${columns.join(', ')}; missing: ${missing.join(', ')}`;
  const [only = ''] = header;
  const separator = header.length > 1 ? undefined : [';', '\t', '|'].find((mark) => only.split(mark).length >= columns.length);
  if (separator === undefined) throw new UnreadableFile(`${wanted}. It says: ${header.join(', ').slice(0, 200)}`);
  const name = separator === '\t' ? 'tabs' : `"${separator}"`;
  throw new UnreadableFile(`the columns are separated by ${name}; save the file with commas between them, and points in its numbers`);
}

/** A quoted field may span lines; the line a person looks for is the first one of the record. */
const lineBreaksIn = (record: readonly string[]): number => countOf(/\r\n|\r|\n/g, record);

const countOf = (pattern: RegExp, record: readonly string[]): number =>
  record.reduce((count, field) => count + (field.match(pattern)?.length ?? 0), 0);

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

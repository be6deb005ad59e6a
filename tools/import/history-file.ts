import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { CsvError, parse } from 'csv-parse/sync';
import { costOf, dateOf, decimalMarkOf, lookAlikes, nameOf, type DecimalMark } from './file-shapes.js';

/**
 * One line of maintenance history that can be imported. `cost` is a canonical decimal in the entity's currency; negative is a credit.
 * `identity` says which row it is by what it says, in whatever file it stands: equal rows are different jobs, told apart by their number among them.
 */
export type HistoryRow = Readonly<{
  line: number;
  date: string;
  asset: string;
  title: string;
  category: string;
  cost: string;
  identity: string;
}>;

/** A line that cannot be imported, and why, in words for the person who owns the file. */
export type RefusedRow = Readonly<{ line: number; reason: string }>;

export type HistoryFile = Readonly<{
  /** The hash of the file, which with a line's number was a row's identity in earlier releases. */
  hash: string;
  rows: readonly HistoryRow[];
  /** What was read in another way than it stands there, for the person who owns the file. */
  notes: readonly string[];
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
  const { header, records, delimiter } = recordsOf(content);
  const mark = decimalMarkOf(records.map(({ values }) => values.get('Cost') ?? ''));
  const rows: HistoryRow[] = [];
  const refused: RefusedRow[] = [];
  const seen = new Map<string, number>();
  let german = 0;
  for (const record of records) {
    const row = rowOf(record, header.length, mark);
    if ('reason' in row) {
      refused.push({ line: record.line, reason: row.reason });
      continue;
    }
    const { isGerman, ...facts } = row;
    if (isGerman) german += 1;
    const content = contentOf(facts);
    const number = (seen.get(content) ?? 0) + 1;
    seen.set(content, number);
    rows.push({ ...facts, identity: `${content}:${number}` });
  }
  const alike = lookAlikes(new Set(rows.map(({ asset }) => asset)));
  const notes = [
    ...(delimiter === ',' ? [] : [`columns are separated by ${delimiter === '\t' ? 'tabs' : `"${delimiter}"`}`]),
    ...(mark === ',' ? ['costs have a comma before their decimals'] : []),
    ...(german > 0 ? [`${german} dates like 31.01.2021 were read as day.month.year`] : []),
    ...alike.map((pair) => `assets ${pair} look alike and are two`),
  ];
  return { hash, rows, refused, notes };
}

/** Everything of a row that a person would say it by. */
const contentOf = ({ date, asset, title, category, cost }: Omit<HistoryRow, 'identity'>): string =>
  createHash('sha256')
    .update(JSON.stringify([date, asset, title, category, cost]))
    .digest('hex')
    .slice(0, 40);

function recordsOf(content: Buffer): { header: string[]; records: CsvRecord[]; delimiter: string } {
  const delimiter = delimiterOf(content);
  const parsed = parseCsv(content, delimiter);
  const header = parsed[0]?.record.map((name) => name.trim()) ?? [];
  requireColumns(header);

  let countedTwice = 0;
  const records = parsed.slice(1).map(({ record, info }) => ({
    // The parser counts a CRLF inside of quotes as two lines.
    line: info.lines - lineBreaksIn(record) - (countedTwice += countOf(/\r\n/g, record)),
    values: new Map(columns.map((column) => [column, record[header.indexOf(column)]?.trim() ?? ''])),
    width: record.length,
  }));
  return { header, records, delimiter };
}

/** The mark between the columns, as the first line has it: a spreadsheet writes a semicolon where commas stand in numbers. */
function delimiterOf(content: Buffer): string {
  const [first = ''] = content.toString('utf8', 0, 4_000).split(/\r?\n/);
  const named = (mark: string): string[] =>
    first
      .replace(/^\ufeff/, '')
      .split(mark)
      .map((name) => name.replace(/^"(.*)"$/, '$1').trim());
  return [',', ';', '\t', '|'].find((mark) => columns.every((column) => named(mark).includes(column))) ?? ',';
}

type Parsed = { record: string[]; info: { lines: number } };

function parseCsv(content: Buffer, delimiter: string): Parsed[] {
  if (content.length === 0) throw new UnreadableFile('the file is empty');
  const isUtf16 = content[0] === 0xff && content[1] === 0xfe;
  // Read as UTF-8, another encoding would lose its letters in what is stored for ever.
  if (!isUtf16 && !isUtf8(content)) throw new UnreadableFile('the file is not UTF-8; save it as "CSV UTF-8"');
  const options = { bom: true, delimiter, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true } as const;
  try {
    return parse(content, options) as unknown as Parsed[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UnreadableFile(
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? `a quote is opened in line ${/at line (\d+)/.exec(error.message)?.[1] ?? '?'} and never closed: the rest of the file is one field`
        : error.message,
    );
  }
}

function requireColumns(header: readonly string[]): void {
  const missing = columns.filter((column) => !header.includes(column));
  const twice = columns.find((column) => header.indexOf(column) !== header.lastIndexOf(column));
  if (twice !== undefined) throw new UnreadableFile(`the first line names the column ${twice} twice`);
  if (missing.length === 0) return;
  throw new UnreadableFile(
    `the first line must name the columns ${columns.join(', ')}; missing: ${missing.join(', ')}. It says: ${header.join(', ').slice(0, 200)}`,
  );
}

/** A quoted field may span lines; the line a person looks for is the first one of the record. */
const lineBreaksIn = (record: readonly string[]): number => countOf(/\r\n|\r|\n/g, record);

const countOf = (pattern: RegExp, record: readonly string[]): number =>
  record.reduce((count, field) => count + (field.match(pattern)?.length ?? 0), 0);

type ReadRow = Omit<HistoryRow, 'identity'> & Readonly<{ isGerman: boolean }>;

function rowOf(
  { line, values, width }: CsvRecord,
  expectedWidth: number,
  mark: DecimalMark | undefined,
): ReadRow | Readonly<{ reason: string }> {
  const value = (column: Column): string => values.get(column) ?? '';
  if (width < expectedWidth) return { reason: `${width} columns where the header has ${expectedWidth}` };
  const cost = costOf(value('Cost'), mark);
  if ('reason' in cost) return cost;
  if (width > expectedWidth)
    return { reason: `${width} columns where the header has ${expectedWidth}; put quotes around a text with "," in it` };
  const date = dateOf(value('BscStartDate'));
  if ('reason' in date) return date;
  const asset = nameOf(value('Asset'));
  if (asset === '') return { reason: "Asset '' is empty; write its name" };
  return { line, ...date, asset, title: value('OriginalShorttext') || '(no text)', category: nameOf(value('PMType')), ...cost };
}

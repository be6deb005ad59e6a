import { createHash } from 'node:crypto';
import { recordsOf, UnreadableFile, writingOf, type CsvRecord, type Writing } from './csv-records.js';
import { costOf, dateOf, DecimalMarks, LookAlikes, nameOf, type DecimalMark } from './file-shapes.js';

/**
 * One line of maintenance history that can be imported. `cost` is a canonical decimal in the entity's currency; negative is a credit.
 * `content` says which job it is by what the row says, in whatever file it stands: equal rows are different jobs, told apart by their `number`
 * among them, from 1.
 */
export type HistoryRow = Readonly<{
  line: number;
  date: string;
  asset: string;
  title: string;
  category: string;
  cost: string;
  content: string;
  number: number;
}>;

/** A line that cannot be imported, and why, in words for the person who owns the file. */
export type RefusedRow = Readonly<{ line: number; reason: string }>;

const columns = ['BscStartDate', 'Asset', 'OriginalShorttext', 'PMType', 'Cost'] as const;
type Column = (typeof columns)[number];

/** The category that takes rows with an empty PMType. */
const uncategorised = 'Uncategorised';

/**
 * A file of maintenance history. It is read twice, from front to end: first for what all of it together says (how numbers are written, whether it can be
 * read at all), then row by row. Of each row only its fingerprint stays in memory.
 */
export class HistoryFile {
  private readonly readOtherwise = { germanDates: 0, bracketed: 0, grouped: 0 };
  private readonly assets = new LookAlikes();

  private constructor(
    private readonly path: string,
    private readonly delimiter: string,
    private readonly mark: DecimalMark | undefined,
    /** How many lines there are to import or to refuse. */
    readonly size: number,
    /** The hash of the file, which with a line's number was a row's identity in earlier releases. */
    readonly hash: string,
  ) {}

  /** @throws UnreadableFile when the file is no CSV with these columns at all; a line that is wrong is only refused */
  static async open(path: string): Promise<HistoryFile> {
    const writing = await writingOf(path);
    const delimiter = delimiterOf(writing);
    const hash = createHash('sha256');
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const marks = new DecimalMarks();
    let header: Header | undefined;
    let [size, isOther] = [0, false];
    const onBytes = (bytes: Buffer): void => {
      hash.update(bytes);
      // Read as UTF-8, another encoding would lose its letters in what is stored for ever.
      if (!writing.isUtf16 && !isUtf8(decoder, bytes)) isOther = true;
    };
    for await (const record of recordsOf(path, delimiter, onBytes)) {
      if (isOther) throw new UnreadableFile('the file is not UTF-8; save it as "CSV UTF-8"');
      if (header) {
        size += 1;
        marks.add(header.valueIn(record, 'Cost'));
      } else header = new Header(record);
    }
    if (isOther || (!writing.isUtf16 && !isUtf8(decoder))) throw new UnreadableFile('the file is not UTF-8; save it as "CSV UTF-8"');
    if (!header) throw new UnreadableFile('the file is empty');
    return new HistoryFile(path, delimiter, marks.together, size, hash.digest('hex').slice(0, 32));
  }

  /** Every line behind the header, in order. */
  async *rows(): AsyncGenerator<HistoryRow | RefusedRow> {
    const seen = new Map<string, number>();
    const latest = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    let header: Header | undefined;
    for await (const record of recordsOf(this.path, this.delimiter)) {
      if (!header) header = new Header(record);
      else yield this.rowOf(record, header, { seen, latest });
    }
  }

  /** What was read in another way than it stands there, for the person who owns the file; complete once all rows were taken. */
  get notes(): readonly string[] {
    const { germanDates, bracketed, grouped } = this.readOtherwise;
    return [
      ...(this.delimiter === ',' ? [] : [`columns are separated by ${this.delimiter === '\t' ? 'tabs' : `"${this.delimiter}"`}`]),
      ...(this.mark === ',' ? ['costs have a comma before their decimals'] : []),
      ...(grouped > 0 ? [`costs with marks between their thousands were read without them (${grouped})`] : []),
      ...(bracketed > 0 ? [`costs in brackets were read as credits (${bracketed})`] : []),
      ...(germanDates > 0 ? [`dates like 31.01.2021 were read as day.month.year (${germanDates})`] : []),
      ...this.assets.pairs.map((pair) => `assets ${pair} look alike and are two`),
    ];
  }

  private rowOf(
    record: CsvRecord,
    header: Header,
    { seen, latest }: { seen: Map<string, number>; latest: string },
  ): HistoryRow | RefusedRow {
    const { line, fields } = record;
    const value = (column: Column): string => header.valueIn(record, column);
    if (fields.length < header.width) return { line, reason: `${fields.length} columns where the header has ${header.width}` };
    const cost = costOf(value('Cost'), this.mark);
    if ('reason' in cost) return { line, ...cost };
    if (fields.length > header.width)
      return {
        line,
        reason: `${fields.length} columns where the header has ${header.width}; put quotes around a text with "${this.delimiter}" in it`,
      };
    const date = dateOf(value('BscStartDate'), latest);
    if ('reason' in date) return { line, ...date };
    const asset = nameOf(value('Asset'));
    if (asset === '') return { line, reason: "Asset '' is empty; write its name" };
    this.readOtherwise.germanDates += Number(date.isGerman);
    this.readOtherwise.bracketed += Number(cost.isBracketed);
    this.readOtherwise.grouped += Number(cost.isGrouped);
    this.assets.add(asset);
    const facts = {
      date: date.date,
      asset,
      title: value('OriginalShorttext').normalize('NFC') || '(no text)',
      category: nameOf(value('PMType')) || uncategorised,
      cost: cost.cost,
    };
    const content = contentOf(facts);
    const number = (seen.get(content) ?? 0) + 1;
    seen.set(content, number);
    return { line, ...facts, content, number };
  }
}

/** A fingerprint of everything of a row that a person would say it by. */
export const contentOf = ({ date, asset, title, category, cost }: Omit<HistoryRow, 'line' | 'content' | 'number'>): string =>
  createHash('sha256')
    .update(JSON.stringify([date, asset, title, category, cost]))
    .digest('hex')
    .slice(0, 40);

/** Where each column stands. */
class Header {
  readonly width: number;
  private readonly places: ReadonlyMap<Column, number>;

  /** @throws UnreadableFile */
  constructor({ fields }: CsvRecord) {
    const names = fields.map((name) => name.trim());
    const missing = columns.filter((column) => !names.includes(column));
    const twice = columns.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
    if (twice !== undefined) throw new UnreadableFile(`the first line names the column ${twice} twice`);
    if (missing.length > 0)
      throw new UnreadableFile(
        `the first line must name the columns ${columns.join(', ')}; missing: ${missing.join(', ')}. It says: ${names.join(', ').slice(0, 200)}`,
      );
    this.width = names.length;
    this.places = new Map(columns.map((column) => [column, names.indexOf(column)]));
  }

  valueIn({ fields }: CsvRecord, column: Column): string {
    return fields[this.places.get(column) ?? -1]?.trim() ?? '';
  }
}

/** The mark between the columns, as the first line has it: a spreadsheet writes a semicolon where commas stand in numbers. */
function delimiterOf({ firstLine }: Writing): string {
  const named = (mark: string): string[] => firstLine.split(mark).map((name) => name.replace(/^"(.*)"$/, '$1').trim());
  return [',', ';', '\t', '|'].find((mark) => columns.every((column) => named(mark).includes(column))) ?? ',';
}

/** Whether the bytes go on as UTF-8; without bytes, whether they end as such. */
function isUtf8(decoder: InstanceType<typeof TextDecoder>, bytes?: Buffer): boolean {
  try {
    decoder.decode(bytes, { stream: bytes !== undefined });
    return true;
  } catch {
    return false;
  }
}

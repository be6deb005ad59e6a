import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';

/** A record of a CSV file with the line it begins in. */
export type CsvRecord = Readonly<{ line: number; fields: readonly string[] }>;

/** The file as a whole cannot be read; the message is for the person who owns it. */
export class UnreadableFile extends Error {}

/** Told of every piece of the file, as its bytes. */
export type OnBytes = (bytes: Buffer) => void;

/** A record of more characters is what follows a quote that was opened by mistake. */
const longestRecord = 1_000_000;
const beginning = 4_000;

const causes: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
  ESPIPE: 'it can be read only once; save it as a file first',
};

/** How a file is written, as its first bytes have it. */
export type Writing = Readonly<{ isUtf16: boolean; firstLine: string }>;

/** @throws UnreadableFile when the file cannot be opened, or is empty */
export async function writingOf(path: string): Promise<Writing> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(beginning), 0, beginning, 0);
      if (bytesRead === 0) throw new UnreadableFile('the file is empty');
      const isUtf16 = buffer[0] === 0xff && buffer[1] === 0xfe;
      const text = buffer.toString(isUtf16 ? 'utf16le' : 'utf8', 0, bytesRead).replace(/^\ufeff/, '');
      return { isUtf16, firstLine: text.split(/\r?\n/)[0] ?? '' };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(error, path);
  }
}

/** The records of a file one after the other, the header first, however long the file is. @throws UnreadableFile */
export async function* recordsOf(path: string, delimiter: string, onBytes?: OnBytes): AsyncGenerator<CsvRecord> {
  let countedTwice = 0;
  let lastLine = 0;
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: longestRecord,
    relax_column_count: true,
    relax_quotes: true,
    // Told of each record as soon as it is read, whatever was taken of them by then. The line goes along as one more field.
    // Empty lines are passed over here, not by the parser: they count for the line that a quote is opened in.
    on_record: (fields: string[], { lines }): string[] | undefined => {
      countedTwice += countOf(/\r\n/g, fields); // the parser counts one inside of quotes as two lines
      lastLine = lines - countedTwice;
      if (fields.length === 1 && fields[0] === '') return undefined;
      return [String(lastLine - countOf(/\r\n|\r|\n/g, fields)), ...fields];
    },
  });
  const source = createReadStream(path);
  if (onBytes) source.on('data', (bytes) => onBytes(bytes as Buffer));
  try {
    // Whichever of the two fails, the other ends with it, and the loop is told.
    for await (const [line, ...fields] of pipeline(source, parser, () => undefined) as AsyncIterable<string[]>)
      yield { line: Number(line), fields };
  } catch (error) {
    if (error instanceof CsvError && (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'))
      throw new UnreadableFile(`a quote is opened in line ${lastLine + 1} and never closed: the rest of the file is one field`);
    throw unreadable(error, path);
  }
}

function unreadable(error: unknown, path: string): unknown {
  if (error instanceof CsvError) return new UnreadableFile(error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined || error instanceof UnreadableFile ? error : new UnreadableFile(`${path}: ${causes[code] ?? message}`);
}

const countOf = (pattern: RegExp, fields: readonly string[]): number =>
  fields.reduce((count, field) => count + (field.match(pattern)?.length ?? 0), 0);

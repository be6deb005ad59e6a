import { createHash } from 'node:crypto';
import { CannotDo, DamagedBackup } from './refusals.js';
import { endOfRows, formatVersion, type SnapshotEnd, type SnapshotHeader, type TableEnd, type TableHeading } from './snapshot-format.js';

const lineFeed = 0x0a;
const marker = Buffer.from(`${endOfRows}\n`);
const markerAfterRow = Buffer.from(`\n${endOfRows}\n`);
/** A heading is a few kilobytes; whatever goes on longer without a line feed is something else. */
const longestLine = 4_000_000;

/**
 * Reads a snapshot's text from front to end: the header, then table by table, whose rows come in pieces of whole lines.
 * Nothing of it is to be believed before `nextTable` has answered undefined: only then the checksum at its end was compared.
 */
export class SnapshotReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly hash = createHash('sha256');
  private pending: Buffer = Buffer.alloc(0);
  private tablesRead = 0;

  private constructor(source: AsyncIterable<Buffer>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** The reader stands behind the header. @throws CannotDo when this is no snapshot, or one of a later format */
  static async open(source: AsyncIterable<Buffer>): Promise<{ header: SnapshotHeader; reader: SnapshotReader }> {
    const reader = new SnapshotReader(source);
    const header = jsonIn<SnapshotHeader>(await reader.line(longestLine).catch(notABackupIfDamaged));
    if (typeof header?.millwright_backup !== 'number') return notABackup();
    if (header.millwright_backup > formatVersion)
      throw new CannotDo(
        `The backup was written by a newer Millwright (${header.release}). Nothing was changed; restore it with that one.`,
      );
    reader.accept();
    return { header, reader };
  }

  /**
   * The next table, whose rows have to be taken before the one after it; undefined at the end of a whole snapshot.
   * @throws DamagedBackup
   */
  async nextTable({ tables }: SnapshotHeader): Promise<TableHeading | undefined> {
    const heading = jsonIn<Partial<TableHeading & SnapshotEnd>>(await this.line());
    if (heading?.sha256 !== undefined) {
      if (heading.sha256 !== this.hash.digest('hex')) throw new DamagedBackup('its checksum is another one');
      if (this.tablesRead !== tables.length || !(await this.isAtEnd())) throw new DamagedBackup('it does not end where it should');
      return undefined;
    }
    if (heading?.table === undefined || heading.table !== tables[this.tablesRead]) throw new DamagedBackup('a table is missing');
    this.tablesRead += 1;
    this.accept();
    return heading as TableHeading;
  }

  /** The rows of the table that `nextTable` has answered, as COPY reads them; answers how many there were. */
  async *rows(): AsyncGenerator<Buffer, number> {
    let count = 0;
    for (let run = await this.run(); run !== undefined; run = await this.run()) {
      for (let at = run.indexOf(lineFeed); at >= 0; at = run.indexOf(lineFeed, at + 1)) count += 1;
      yield run;
    }
    const end = jsonIn<TableEnd>(await this.line());
    if (end?.rows !== count) throw new DamagedBackup('rows are missing');
    this.accept();
    return count;
  }

  private lastLine: Buffer = Buffer.alloc(0);

  /** One line without its line feed; it counts for the checksum once it is accepted. */
  private async line(longest = Infinity): Promise<string> {
    for (;;) {
      const at = this.pending.indexOf(lineFeed);
      if (at >= 0) {
        this.lastLine = this.take(at + 1);
        return this.lastLine.toString('utf8', 0, at);
      }
      if (this.pending.length > longest) throw new DamagedBackup('a line does not end');
      await this.more();
    }
  }

  private accept(): void {
    this.hash.update(this.lastLine);
  }

  /** As many whole rows as there are at hand, at least one; undefined behind the last one. */
  private async run(): Promise<Buffer | undefined> {
    for (;;) {
      const isAtMarker = this.pending.subarray(0, marker.length).equals(marker);
      const markerAt = isAtMarker ? -1 : this.pending.indexOf(markerAfterRow);
      const end = isAtMarker ? marker.length : (markerAt >= 0 ? markerAt : this.pending.lastIndexOf(lineFeed)) + 1;
      if (end > 0) {
        const run = this.take(end);
        this.hash.update(run);
        return isAtMarker ? undefined : run;
      }
      await this.more();
    }
  }

  private take(length: number): Buffer {
    const taken = this.pending.subarray(0, length);
    this.pending = this.pending.subarray(length);
    return taken;
  }

  private async more(): Promise<void> {
    const next = await this.chunks.next();
    if (next.done === true) throw new DamagedBackup('it ends too early');
    this.pending = this.pending.length === 0 ? next.value : Buffer.concat([this.pending, next.value]);
  }

  private async isAtEnd(): Promise<boolean> {
    return this.pending.length === 0 && (await this.chunks.next()).done === true;
  }
}

function notABackupIfDamaged(error: unknown): never {
  if (!(error instanceof DamagedBackup)) throw error;
  return notABackup();
}

function notABackup(): never {
  throw new CannotDo('The file is no backup of Millwright.');
}

function jsonIn<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T;
  } catch {
    return undefined;
  }
}

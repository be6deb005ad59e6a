import type { Position } from '../event.js';
import type { Row, Rows, TableDefinition } from '../projection.js';
import { memoryColumn, validFrom, validTo } from '../stored-tables.js';
import { versionMaker } from './row-functions.js';
import { TableBuffer, type Slot, type TableChanges, type Versions } from './table-buffer.js';

/** How to take one change back. `fresh`: the buffer did not know the row before. */
type JournalEntry =
  Readonly<{ buffer: TableBuffer; slot: Slot; row: Row | undefined; changed: boolean; fresh: boolean }> | Readonly<{ added: Row[] }>;

/** Rows kept from earlier batches, a table; twice as many at most. Enough for what is hot, and little memory with dozens of tables. */
export const rememberedRows = 4096;

/** The rows a batch folds into, in memory. Rows stay remembered from batch to batch: there is one writer, and it forgets them whenever a write fails. */
export class RowBuffer implements Rows {
  private readonly tables = new Map<string, TableBuffer>();
  private readonly journal: JournalEntry[] = [];
  /** In the form of a column. */
  private position: number | string = 0;

  /** `tables`: as the database has them, which may lack columns of the definitions that the fold fills. */
  constructor(definitions: readonly TableDefinition[], tables: readonly TableDefinition[] = definitions) {
    for (const table of tables) {
      const filled = Object.keys(definitions.find(({ name }) => name === table.name)?.columns ?? {});
      const lacking = filled.filter((name) => !(name in table.columns));
      this.tables.set(table.name, new TableBuffer(table, lacking));
    }
    for (const buffer of this.tables.values()) this.keepVersions(buffer);
  }

  private keepVersions(buffer: TableBuffer): void {
    const { versionsOf, columns, key } = buffer.table;
    const today = versionsOf && this.tables.get(versionsOf.table);
    if (!today || !(versionsOf.since in today.table.columns)) return;
    const kept = Object.keys(columns).filter((name) => name !== validFrom && name !== validTo);
    const slow = versionsOf.since === validFrom ? undefined : kept.filter((name) => !key.includes(name));
    today.versions.push({ buffer, since: versionsOf.since, versionOf: versionMaker(kept, versionsOf.since), slow });
  }

  /** The event whose changes come next stands there in the log. */
  beginEvent(position: Position): void {
    const number = Number(position);
    this.position = Number.isSafeInteger(number) ? number : String(position);
  }

  get(table: string, key: Readonly<Row>): Readonly<Row> | undefined {
    const buffer = this.keyed(table);
    const slot = buffer.find(buffer.normalKey(key));
    if (!slot) throw new Error(`table ${table}: row ${JSON.stringify(key)} was asked for but not announced by keys()`);
    return slot.row;
  }

  put(table: string, row: Row): void {
    const buffer = this.keyed(table);
    this.change(buffer, buffer.normalKey(row), buffer.normalRow(row));
  }

  remove(table: string, key: Readonly<Row>): void {
    const buffer = this.keyed(table);
    this.change(buffer, buffer.normalKey(key), undefined);
  }

  add(table: string, row: Row): void {
    const buffer = this.buffer(table);
    if (!buffer.table.appendOnly) throw new Error(`table ${table} is not append-only: put the row`);
    buffer.added.push(buffer.normalRow(row));
    this.journal.push({ added: buffer.added });
  }

  /** Notes that this row will be asked for; answers its key when the table has to be asked first. */
  announce(table: string, key: Readonly<Row>): Row | undefined {
    const buffer = this.keyed(table);
    const normalKey = buffer.normalKey(key);
    if (buffer.find(normalKey)) return undefined;
    buffer.remember(normalKey, undefined, true);
    return normalKey;
  }

  /** A row as the table has it. */
  loaded(table: string, row: Row): void {
    const buffer = this.keyed(table);
    const slot = buffer.find(row) ?? buffer.remember(buffer.normalKey(row), row, false);
    slot.row = buffer.recalled(row);
    slot.absent = false;
  }

  /** Whether a row has been loaded that lacks what the fold remembers beside it. */
  lacksMemory(table: string, key: Readonly<Row>): boolean {
    const row = this.get(table, key);
    return row !== undefined && row[memoryColumn] == null;
  }

  /** Gives a loaded row what the fold remembers beside it. */
  recollected(table: string, key: Readonly<Row>, memory: unknown): void {
    const buffer = this.keyed(table);
    const slot = buffer.find(buffer.normalKey(key));
    if (slot?.row) slot.row = { ...slot.row, [memoryColumn]: memory };
  }

  /** The event went in whole. */
  keepEvent(): void {
    this.journal.length = 0;
  }

  /** Takes back what the current event changed, so that a half-applied event leaves no trace. */
  undoEvent(): void {
    for (let entry = this.journal.pop(); entry; entry = this.journal.pop()) {
      if ('added' in entry) entry.added.pop();
      else entry.buffer.restore(entry);
    }
  }

  changes(): TableChanges[] {
    return [...this.tables.values()]
      .filter(({ changed, added }) => changed.length > 0 || added.length > 0)
      .map((buffer) => buffer.changes());
  }

  /** About how many characters of rows wait to be written to keyed tables. */
  changedSize(): number {
    let size = 0;
    for (const buffer of this.tables.values()) size += buffer.size();
    return size;
  }

  /** How many rows wait to be added to append-only tables. */
  addedRows(): number {
    let rows = 0;
    for (const { added } of this.tables.values()) rows += added.length;
    return rows;
  }

  /** After `changes` were handed to the writer. */
  settle(remembered: number): void {
    for (const buffer of this.tables.values()) buffer.settle(remembered);
  }

  forget(): void {
    this.journal.length = 0;
    for (const buffer of this.tables.values()) buffer.forget();
  }

  private change(buffer: TableBuffer, normalKey: Row, row: Row | undefined): void {
    const known = buffer.find(normalKey);
    const slot = known ?? buffer.remember(normalKey, undefined, false);
    for (const versions of buffer.versions) this.supersede(versions, slot.row, row);
    this.journal.push({ buffer, slot, row: slot.row, changed: slot.changed, fresh: !known });
    slot.row = row;
    if (slot.changed) return;
    slot.changed = true;
    buffer.changed.push(slot);
  }

  /** Adds the version that ends here, unless it began with this very event, and notes in today's row since when it is as it is. */
  private supersede({ buffer, since, versionOf, slow }: Versions, before: Row | undefined, row: Row | undefined): void {
    if (before && row && slow?.every((name) => before[name] === row[name])) {
      row[since] = before[since];
      return;
    }
    if (before && before[since] !== this.position) {
      buffer.added.push(versionOf(before, this.position));
      this.journal.push({ added: buffer.added });
    }
    if (row) row[since] = this.position;
  }

  private keyed(table: string): TableBuffer {
    const buffer = this.buffer(table);
    if (buffer.table.appendOnly) throw new Error(`table ${table} is append-only: its rows are only added`);
    return buffer;
  }

  private buffer(table: string): TableBuffer {
    const buffer = this.tables.get(table);
    if (!buffer) throw new Error(`there is no table ${table}`);
    return buffer;
  }
}

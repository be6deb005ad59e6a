import type { Row, Rows, TableDefinition } from '../projection.js';
import type { Position } from '../event.js';
import { memoryColumn, validFrom, validTo } from '../stored-tables.js';
import { normalForm } from './column-values.js';

/** A row as the fold knows it: `row` is undefined where there is none. `absent`: the table is known to have none, so that writing it is adding it. */
type Slot = { readonly key: Readonly<Row>; row: Row | undefined; changed: boolean; absent: boolean };

/** How to take one change back. `fresh`: the buffer did not know the row before. */
type JournalEntry =
  Readonly<{ buffer: TableBuffer; slot: Slot; row: Row | undefined; changed: boolean; fresh: boolean }> | Readonly<{ added: Row[] }>;

/**
 * What a batch changed in one table. `fresh` rows are new under their key, `puts` may replace one, `adds` go to an append-only table.
 * Rows are never changed once they are put, so this stays as it is while the fold goes on.
 */
export type TableChanges = Readonly<{
  table: TableDefinition;
  fresh: readonly Row[];
  puts: readonly Row[];
  removals: readonly Readonly<Row>[];
  adds: readonly Row[];
}>;

/** A table of versions of another's rows. `since`: the column of today's row that says when the version began; `slow`: it ends only when one of these changes. */
type Versions = Readonly<{ buffer: TableBuffer; since: string; columns: readonly string[]; slow: readonly string[] | undefined }>;

/** Rows kept from earlier batches, a table; twice as many at most. Enough for what is hot, and little memory with dozens of tables. */
export const rememberedRows = 4096;

class TableBuffer {
  private readonly columns: readonly (readonly [name: string, normal: (value: unknown) => unknown])[];
  private readonly keyColumns: readonly (readonly [name: string, normal: (value: unknown) => unknown])[];
  private young = new Map<string, Slot>();
  private old = new Map<string, Slot>();
  changed: Slot[] = [];
  added: Row[] = [];
  /** Where versions of this table's rows go. */
  readonly versions: Versions[] = [];

  constructor(
    readonly table: TableDefinition,
    /** Columns that a fold fills and this table does not have. */
    private readonly lacking: readonly string[],
  ) {
    this.columns = Object.entries(table.columns).map(([name, type]) => [name, normalForm[type]]);
    this.keyColumns = table.key.map((name) => {
      const type = table.columns[name];
      if (type === undefined) throw new Error(`table ${table.name} has no column ${name}, which its key names`);
      return [name, normalForm[type]];
    });
  }

  normalKey(key: Readonly<Row>): Row {
    const normal: Row = {};
    for (const [name, form] of this.keyColumns) normal[name] = form(key[name]);
    return normal;
  }

  normalRow(row: Readonly<Row>): Row {
    const normal: Row = {};
    let known = 0;
    for (const [name, form] of this.columns) {
      const value = row[name];
      if (value !== undefined) known += 1;
      normal[name] = value === undefined || value === null ? null : form(value);
    }
    for (const name in row) if (row[name] !== undefined && !this.lacking.includes(name)) known -= 1;
    // A build that has no column for it yet remembers at least as long as this process does.
    if (this.table.memory) normal[memoryColumn] = row[memoryColumn] ?? null;
    if (known !== 0) throw new Error(`table ${this.table.name}: a row has columns that are not defined: ${Object.keys(row).join(', ')}`);
    return normal;
  }

  /** The text a row is found under. PostgreSQL's text holds no NUL, so it separates columns without doubt. */
  private addressOf(normalKey: Readonly<Row>): string {
    let address = '';
    for (const [name] of this.keyColumns) address += `${String(normalKey[name])}\0`;
    return address;
  }

  find(normalKey: Readonly<Row>): Slot | undefined {
    const address = this.addressOf(normalKey);
    const slot = this.young.get(address);
    if (slot) return slot;
    const aged = this.old.get(address);
    if (aged) this.young.set(address, aged);
    return aged;
  }

  remember(normalKey: Readonly<Row>, row: Row | undefined, absent: boolean): Slot {
    const slot: Slot = { key: normalKey, row, changed: false, absent };
    this.young.set(this.addressOf(normalKey), slot);
    return slot;
  }

  /** Takes back the latest change of a slot. */
  restore({ slot, row, changed, fresh }: Readonly<{ slot: Slot; row: Row | undefined; changed: boolean; fresh: boolean }>): void {
    slot.row = row;
    if (!changed) {
      slot.changed = false;
      this.changed.pop(); // changes are taken back in reverse order, so this slot is the last
    }
    if (fresh) this.young.delete(this.addressOf(slot.key));
  }

  changes(): TableChanges {
    const fresh: Row[] = [];
    const puts: Row[] = [];
    const removals: Readonly<Row>[] = [];
    for (const { row, key, absent } of this.changed) {
      if (row) (absent ? fresh : puts).push(this.stored(row));
      else if (!absent) removals.push(key);
    }
    return { table: this.table, fresh, puts, removals, adds: this.added };
  }

  /** About how many characters the changed rows have: the latest stands for all. */
  size(): number {
    const row = this.changed.at(-1)?.row;
    return row === undefined ? 0 : this.changed.length * JSON.stringify(this.stored(row)).length;
  }

  /** As the database holds it. */
  private stored(row: Row): Row {
    const { memory } = this.table;
    return memory ? { ...row, [memoryColumn]: memory.remember(row[memoryColumn]) } : row;
  }

  /** As the fold sees a row of the database. */
  recalled(row: Row): Row {
    const remembered = row[memoryColumn];
    if (this.table.memory && remembered != null) row[memoryColumn] = this.table.memory.recall(remembered, row);
    return row;
  }

  /** The changes were handed to the writer: the next batch starts with none, and rows that were not used for long are let go. */
  settle(remembered: number): void {
    for (const slot of this.changed) {
      slot.changed = false;
      slot.absent = slot.row === undefined;
    }
    this.changed = [];
    this.added = [];
    if (this.young.size < remembered) return;
    this.old = this.young;
    this.young = new Map();
  }

  forget(): void {
    this.young = new Map();
    this.old = new Map();
    this.changed = [];
    this.added = [];
  }
}

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
    today.versions.push({ buffer, since: versionsOf.since, columns: kept, slow });
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
  private supersede({ buffer, since, columns, slow }: Versions, before: Row | undefined, row: Row | undefined): void {
    if (before && row && slow?.every((name) => before[name] === row[name])) {
      row[since] = before[since];
      return;
    }
    if (before && before[since] !== this.position) {
      const version: Row = {};
      for (const name of columns) version[name] = before[name];
      version[validFrom] = before[since];
      version[validTo] = this.position;
      buffer.added.push(version);
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

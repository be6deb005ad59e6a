import type { Row, TableDefinition } from '../projection.js';
import { memoryColumn } from '../stored-tables.js';
import { counter, keyNormalizer, normalizer } from './row-functions.js';

/** A row as the fold knows it: `row` is undefined where there is none. `absent`: the table is known to have none, so that writing it is adding it. */
export type Slot = { readonly key: Readonly<Row>; row: Row | undefined; changed: boolean; absent: boolean };

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
export type Versions = Readonly<{
  buffer: TableBuffer;
  since: string;
  versionOf: (row: Readonly<Row>, end: number | string) => Row;
  slow: readonly string[] | undefined;
}>;

/** What a batch and those before it have made of the rows of one table. */
export class TableBuffer {
  private readonly normal: (row: Readonly<Row>) => Row;
  private readonly said: (row: Readonly<Row>) => number;
  readonly normalKey: (key: Readonly<Row>) => Row;
  private young = new Map<unknown, Slot>();
  private old = new Map<unknown, Slot>();
  changed: Slot[] = [];
  added: Row[] = [];
  /** Where versions of this table's rows go. */
  readonly versions: Versions[] = [];

  constructor(
    readonly table: TableDefinition,
    /** Columns that a fold fills and this table does not have. */
    private readonly lacking: readonly string[],
  ) {
    const { name, columns, key } = table;
    const keyColumns = key.map((column) => {
      const type = columns[column];
      if (type === undefined) throw new Error(`table ${name} has no column ${column}, which its key names`);
      return [column, type] as const;
    });
    this.normalKey = keyNormalizer(Object.fromEntries(keyColumns));
    this.normal = normalizer(columns);
    this.said = counter(columns);
  }

  normalRow(row: Readonly<Row>): Row {
    const normal = this.normal(row);
    // A build that has no column for it yet remembers at least as long as this process does.
    if (this.table.memory) normal[memoryColumn] = row[memoryColumn] ?? null;
    if (this.said(row) !== Object.keys(row).length) this.refuseUnknown(row);
    return normal;
  }

  private refuseUnknown(row: Readonly<Row>): void {
    const { name, columns } = this.table;
    const unknown = Object.keys(row).filter(
      (column) => row[column] !== undefined && !(column in columns) && !this.lacking.includes(column),
    );
    if (unknown.length > 0) throw new Error(`table ${name}: a row has columns that are not defined: ${unknown.join(', ')}`);
  }

  /** What a row is found under. The columns of a key that has several are separated without doubt: PostgreSQL's text holds no NUL. */
  private addressOf(normalKey: Readonly<Row>): unknown {
    const [first = '', ...others] = this.table.key;
    return others.reduce<unknown>((address, name) => `${String(address)}\0${String(normalKey[name])}`, normalKey[first]);
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

import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { DataSource, EntityManager } from 'typeorm';
import { currentScope, isLeft, restrictionBy, type RequestScope } from '#millwright/access';
import { allKnown, EventStore, sharedStatements, streamName, whenKnown, type Row } from '#millwright/event-sourcing';
import type { BulkRead, Related } from '#millwright/fields';
import {
  columnSql,
  currentAsOf,
  currentMoment,
  readRow,
  rowsOf,
  seenHereConditions,
  selectList,
  statementAsOf,
  versionOf,
  type RecordsHere,
  type View,
} from '#millwright/lists';
import { noSuchRecord } from '../resource/refusals.js';
import { referenceTarget, standInFor, type Mention, type ReferenceServices } from './reference-targets.js';
import { RememberedRows } from './remembered-rows.js';

const rowsAtOnce = 5_000;

const nothing = Promise.resolve(undefined);

/** By what is read, the rows of records that were mentioned, and what is said of each. */
type Moment = Readonly<{
  loaders: Map<unknown, DataLoader<unknown, unknown>>;
  rows: Map<string, Promise<Row | undefined>>;
  labels: Map<string, unknown>;
}>;

type Together<Key, Value> = ReturnType<typeof sharedStatements<Key, Value>>;

/** Records that an answer mentions, read in bulk: within one request each kind costs one statement, however many rows mention it. */
@Injectable()
export class RelatedRecords implements Related {
  private readonly requests = new WeakMap<RequestScope, Map<unknown, Moment>>();
  private readonly shared = new Map<string, ReturnType<typeof sharedStatements<number, Row | undefined>>>();
  private readonly together = new Map<unknown, unknown>();
  private readonly seen = new Map<string, BulkRead<number, Row | undefined>>();
  private readonly seenHere = new WeakMap<RecordsHere, BulkRead<number, Row | undefined>>();

  constructor(
    private readonly database: DataSource,
    private readonly events: EventStore,
    private readonly entities: EntityManager,
    private readonly remembered: RememberedRows,
  ) {}

  get services(): ReferenceServices {
    return { events: this.events, entities: this.entities };
  }

  /** The row of a record; undefined for no id and for a record that does not exist. */
  row(kind: string, id: unknown): Promise<Row | undefined> {
    if (id == null) return nothing;
    if (Number(id) < 0) return this.standIn(kind, Number(id));
    // As they were at the answer's own moment they are read in one statement for all that the answer mentions.
    if (currentMoment() || currentAsOf() !== undefined) return this.load(this.seenOf(kind), Number(id));
    const { rows } = this.moment();
    const mention = `${kind} ${Number(id)}`;
    let row = rows.get(mention);
    if (!row) rows.set(mention, (row = this.sharedOf(kind).load(Number(id))));
    return row;
  }

  /**
   * The row of a record that whoever asks sees here, as it was at the answer's own moment. What is hidden is not read either: that takes as long as looking
   * for what is not there.
   */
  rowSeenHere(list: RecordsHere, id: number): Promise<Row | undefined> {
    let seen = this.seenHere.get(list);
    if (!seen) this.seenHere.set(list, (seen = this.bulkReadOf(list.view, (bind) => seenHereConditions(list, bind))));
    return this.load(seen, id);
  }

  /** Whether there is a row with that id, whoever sees it. */
  async isInReadModel(view: View, id: number): Promise<boolean> {
    const found = await this.database.query<unknown[]>(`SELECT 1 FROM ${rowsOf(view)} WHERE ${columnSql(view, 'id')} = $1`, [id]);
    return found.length > 0;
  }

  /** The rows of several records in the order of their ids, leaving out what does not exist. */
  async rowsIn(kind: string, ids: unknown): Promise<Row[]> {
    const found = await Promise.all((Array.isArray(ids) ? ids : []).map((id) => this.row(kind, id)));
    return found.filter((row): row is Row => row !== undefined && isShown(kind, row));
  }

  /** The row of a record as an answer shows it: none where whoever asks does not see the record. */
  shown(kind: string, id: unknown): Promise<Row | undefined> {
    return this.row(kind, id).then((row) => (row && isShown(kind, row) ? row : undefined));
  }

  /** The number of a record, if whoever asks sees it; null where he does not. At once where he sees all of its kind. */
  shownId(kind: string, id: unknown): unknown {
    if (id == null || !restrictionBy(referenceTarget(kind).rows)) return id ?? null;
    return this.shown(kind, id).then((row) => (row ? id : null));
  }

  /**
   * What a record prints of a related one, or null. `columns` are taken instead of the kind's own label. Made once a request: most rows of a page
   * mention the same few records.
   */
  label(kind: string, id: unknown, columns?: readonly string[]): unknown {
    if (id == null) return null;
    const { labels } = this.moment();
    const mention = `${kind} ${Number(id)} ${columns?.join() ?? ''}`;
    let label = labels.get(mention);
    if (label === undefined) labels.set(mention, (label = this.labelOf(kind, id, columns)));
    return label;
  }

  labels(kind: string, ids: unknown, columns?: readonly string[]): readonly unknown[] | Promise<readonly unknown[]> {
    if (!Array.isArray(ids) || ids.length === 0) return [];
    return whenKnown(allKnown(ids.map((id) => this.label(kind, id, columns))), (labels) => labels.filter((label) => label !== null));
  }

  private labelOf(kind: string, id: unknown, columns?: readonly string[]): unknown {
    return whenKnown<Row | undefined, unknown>(this.rowForLabel(kind, id), (row) => {
      if (!row || !isShown(kind, row)) return null;
      const target = referenceTarget(kind);
      if (!columns) return target.label(row, this);
      const values = columns.map(
        (column) => target.hidden(row, column) ?? (column in row ? row[column] : target.property?.(row, column, this)),
      );
      // What stands in for a person is shown alike everywhere (contract, part 4, S85).
      const whole = Number(id) < 0 ? target.label(row, this) : {};
      return whenKnown(allKnown([whole, ...values]), ([first, ...known]) => ({
        ...(first as object),
        ...Object.fromEntries(columns.map((column, index) => [column, known[index] ?? null])),
      }));
    });
  }

  /** What has not changed since another request has read it is taken from there; labels only, so that no record itself is older than a list that has it. */
  private rowForLabel(kind: string, id: unknown): Row | Promise<Row | undefined> {
    if (currentMoment() || currentAsOf() !== undefined || Number(id) < 0) return this.row(kind, id);
    const { category } = referenceTarget(kind);
    const stream = streamName(category, Number(id));
    const known = this.remembered.of(stream);
    if (known) return known;
    return this.row(kind, id);
  }

  /** What stands in for a record is the same at every moment. */
  private standIn(kind: string, id: number): Promise<Row | undefined> {
    const { rows } = this.moment();
    const mention = `${kind} ${id}`;
    let row = rows.get(mention);
    if (!row) rows.set(mention, (row = standInFor(kind, id, this.services)));
    return row;
  }

  /**
   * Refuses what whoever asks does not see of its kind by what the log says, however far the read models are.
   * @throws Rejection NOT_FOUND he does not see it, or there is none; UNAVAILABLE the log cannot be asked
   */
  async requireSeen({ kind, id }: Mention): Promise<void> {
    const target = referenceTarget(kind);
    if (!restrictionBy(target.rows)) return;
    const row = await target.find(id, this.services);
    if (!row || !isShown(kind, row)) throw noSuchRecord();
  }

  /** Reads one of many that are asked for in the same moment. */
  load<Key, Value>(bulk: BulkRead<Key, Value>, key: Key): Promise<Value> {
    const read = (): Promise<Value> => this.loaderOf(bulk).load(key);
    const { lasting } = bulk;
    if (!lasting || currentMoment() || currentAsOf() !== undefined) return read();
    return this.remembered.answer(lasting.category, `${lasting.name} ${String(key)}`, read);
  }

  /** Has everything read anew from here on in this request. */
  forget(): void {
    this.requests.delete(currentScope());
  }

  /** What was read in this request of the moment that it asks about. */
  private moment(): Moment {
    const scope = currentScope();
    let moments = this.requests.get(scope);
    if (!moments) this.requests.set(scope, (moments = new Map<unknown, Moment>()));
    const asOf = currentAsOf();
    let moment = moments.get(asOf);
    if (!moment) moments.set(asOf, (moment = { loaders: new Map(), rows: new Map(), labels: new Map() }));
    return moment;
  }

  private loaderOf<Key, Value>(bulk: BulkRead<Key, Value>): DataLoader<Key, Value> {
    const { loaders } = this.moment();
    const known = loaders.get(bulk) as DataLoader<Key, Value> | undefined;
    if (known) return known;
    const isOfNow = !currentMoment() && currentAsOf() === undefined;
    const read =
      bulk.shared && isOfNow
        ? (keys: readonly Key[]) => Promise.all(keys.map((key) => this.togetherOf(bulk).load(key)))
        : (keys: readonly Key[]) => bulk.read(keys, this.database, this);
    const loader = new DataLoader<Key, Value>(read, { maxBatchSize: 1000 });
    loaders.set(bulk, loader);
    return loader;
  }

  private togetherOf<Key, Value>(bulk: BulkRead<Key, Value>): Together<Key, Value> {
    const known = this.together.get(bulk) as Together<Key, Value> | undefined;
    if (known) return known;
    const together = sharedStatements(async (keys: readonly Key[]) => {
      const distinct = [...new Set(keys)];
      const values = await bulk.read(distinct, this.database, this);
      const byKey = new Map(distinct.map((key, place) => [key, values[place] as Value]));
      return keys.map((key) => byKey.get(key) as Value);
    });
    this.together.set(bulk, together);
    return together;
  }

  /** Requests that ask at the same time share a statement, too: under load most answers mention the same few records. */
  private sharedOf(kind: string): ReturnType<typeof sharedStatements<number, Row | undefined>> {
    let shared = this.shared.get(kind);
    if (!shared) this.shared.set(kind, (shared = sharedStatements((ids) => this.readRows(kind, ids), { atMost: rowsAtOnce })));
    return shared;
  }

  /** What is not there yet did not exist at the answer's moment. */
  private seenOf(kind: string): BulkRead<number, Row | undefined> {
    let seen = this.seen.get(kind);
    if (!seen) this.seen.set(kind, (seen = this.bulkReadOf(referenceTarget(kind).view)));
    return seen;
  }

  private bulkReadOf(view: View, meeting?: Meeting): BulkRead<number, Row | undefined> {
    return {
      read: async (ids) => {
        const rows = await readRowsById(this.database, view, ids, meeting);
        return ids.map((id) => rows.get(id));
      },
    };
  }

  /** A record that was just created may not be in the read model yet: then the log knows it. */
  private async readRows(kind: string, ids: readonly number[]): Promise<readonly (Row | undefined)[]> {
    const target = referenceTarget(kind);
    const keep = this.remembered.reading(target.category);
    const rows = await readRowsById(this.database, target.view, [...new Set(ids)]);
    for (const [id, row] of rows) keep(streamName(target.category, id), row);
    return allKnown(ids.map((id) => rows.get(id) ?? target.find(id, this.services)));
  }
}

/** Whether whoever asks sees a record, wherever it is mentioned. */
const isShown = (kind: string, row: Row): boolean => !isElsewhere(row) && isLeft(row, restrictionBy(referenceTarget(kind).rows));

/** What belongs to another site is seen by nobody at this one, though a record of the whole customer may name it (a vendor's locations). */
function isElsewhere({ entity_id }: Row): boolean {
  const here = currentScope().entity?.id;
  return entity_id != null && here !== undefined && entity_id !== here;
}

/** What rows have to meet. */
type Meeting = (bind: (value: unknown) => string) => readonly string[];

/** The rows with these ids that meet what is asked of them, by id. */
export async function readRowsById(
  database: DataSource,
  view: View,
  ids: readonly number[],
  meeting: Meeting = () => [],
): Promise<Map<number, Row>> {
  const parameters: unknown[] = [[...ids]];
  const conditions = meeting((value) => `$${parameters.push(value)}`);
  const version = versionOf(view, 'sought.sought_id');
  // Within a subselect nobody knows how many ids there are, so that a plan for all numbers is as good as one for each, and kept.
  const source = version ? `unnest((SELECT $1::bigint[])) sought(sought_id) CROSS JOIN ${version}` : rowsOf(view);
  const all = [...(version ? [] : [`${columnSql(view, 'id')} = ANY($1)`]), ...conditions];
  const statement = `SELECT ${selectList(view)} FROM ${source}${all.length > 0 ? ` WHERE ${all.join(' AND ')}` : ''}`;
  const found = await database.query<Record<string, unknown>[]>(...statementAsOf(statement, parameters));
  return new Map(found.map((raw) => [Number(raw['id']), readRow(view, raw)]));
}

import { categoryOf, idOf, streamName, type EventStore, type Row } from '#millwright/event-sourcing';
import type { EntityManager } from 'typeorm';
import type { RowRule } from '#millwright/access';
import { defineReferenceKind, type ReferenceKind, type Related } from '#millwright/fields';
import type { View } from '#millwright/lists';

/** What a target may ask for when the read model does not know a record yet. */
export type ReferenceServices = Readonly<{ events: EventStore; entities: EntityManager }>;

/** A kind of record that others refer to by id. Rows have at least `id`, `customer_id`, `entity_id` (null: of the whole customer) and `archived`. */
export type ReferenceTarget = ReferenceKind &
  Readonly<{
    view: View;
    /** What its paths over REST begin with: `work_orders`. */
    collection: string;
    /** Which of them those see who do not see all. */
    rows?: RowRule;
    /** Of its streams. */
    category: string;
    /** Of streams with the same ids that decide what it shows, too. */
    companion?: string;
    /** The record's row from the log: exact, and there before any read model has it. Undefined where there is no such record. */
    find(id: number, services: ReferenceServices): Promise<Row | undefined>;
    /** What other records print of it. */
    label(row: Row, related: Related): unknown;
    /** What stands in place of a property that whoever asks may not see; undefined where he may. */
    hidden(row: Row, property: string): unknown;
    /** A property that it shows and no column has; a promise where it has to be read. */
    property?(row: Row, property: string, related: Related): unknown;
  }>;

const targets = new Map<string, ReferenceTarget>();
/** The category of records by that of the streams beside theirs. */
const companions = new Map<string, string>();

/** Makes a kind known, once, when its file is loaded. Everything in the process may then refer to it. */
export function defineReferenceTarget(target: ReferenceTarget): ReferenceTarget {
  targets.set(target.kind, target);
  if (target.companion !== undefined) companions.set(target.companion, target.category);
  defineReferenceKind(target);
  return target;
}

export function referenceTarget(kind: string): ReferenceTarget {
  const target = targets.get(kind);
  if (!target) throw new Error(`no kind of record is called ${kind}`);
  return target;
}

/** One record of a kind. */
export type Mention = Readonly<{ kind: string; id: number }>;

/** A record by its number; undefined where there is no number. */
export const mentionOf = (kind: string, id: unknown): Mention | undefined => (id == null ? undefined : { kind, id: Number(id) });

/** The kind whose records stand under a path over REST; undefined where there is none. */
export const targetUnder = (collection: string): ReferenceTarget | undefined =>
  [...targets.values()].find((target) => target.collection === collection);

/** The row of what stands in for a record under a negative number, which is never shown. */
type StandIns = (id: number, services: ReferenceServices) => Promise<Row | undefined>;

const standIns = new Map<string, StandIns>();

/** Says what stands in for records of a kind that nobody of the kind is (a machine for a person), once, when its file is loaded. */
export const defineStandIns = (kind: string, find: StandIns): void => void standIns.set(kind, find);

export const standInFor = async (kind: string, id: number, services: ReferenceServices): Promise<Row | undefined> =>
  standIns.get(kind)?.(id, services);

/** The stream of the record that shows what happens on a stream. */
export function streamShowing(stream: string): string {
  const category = companions.get(categoryOf(stream));
  return category === undefined ? stream : streamName(category, idOf(stream));
}

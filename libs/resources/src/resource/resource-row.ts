import { userIdOf } from '#millwright/access';
import type { Child } from '#millwright/fields';
import { eachOf, objectText, writtenOut, type ChildrenState, type RecordHistory } from '#millwright/event-sourcing';
import { inRows } from './children.js';
import type { ResourceFields } from './resource-fields.js';

type StoredName<Name, Value> = [unknown[]] extends [NonNullable<Value>]
  ? never
  : Name extends `${infer Instruction}_attributes`
    ? Instruction
    : Name;

/** What is stored of the fields of a resource, by their columns: null where nobody has said anything. What is not available yet is not there. */
export type StoredValues<Fields extends object> = Readonly<{
  [Name in keyof Fields as StoredName<Name, Fields[Name]>]-?: Name extends `${string}_attributes`
    ? NonNullable<Fields[Name]> extends readonly object[]
      ? readonly Child[]
      : string | null
    : Exclude<Fields[Name], undefined>;
}> &
  Readonly<{ external_reference: string | null }>;

/** A resource of a site with a decider of its own, as its table has it. Times are ISO 8601 UTC. */
export type ResourceRow<Fields extends object, Figures extends object> = StoredValues<Fields> &
  Readonly<{ [Name in keyof Figures]: Figures[Name] }> &
  Readonly<{
    id: number;
    customer_id: number;
    entity_id: number;
    archived: boolean;
    created_at: string;
    updated_at: string;
    created_by_id: number;
    updated_by_id: number;
    /** Of its stream: the ETag. */
    revision: number;
  }>;

/** What every row takes from a state: details and lists of children under the names that they have in events. */
type RecordState = Readonly<{ details: object; history: RecordHistory | undefined }>;

/**
 * The row of a resource with a decider of its own: its details, its children, where it belongs, who touched it when, and `figures`, the columns that only
 * this resource has, always the same ones. Throws for a state that nothing has happened to.
 */
export function resourceRow<Fields extends object, Whole extends object>(
  fields: ResourceFields,
  state: RecordState,
  figures: Omit<Whole, keyof (StoredValues<Fields> & Bookkeeping)>,
): Whole {
  const { history } = state;
  if (!history) throw new Error(`a ${fields.typeName} that was never recorded has no row`);
  return rowMakerOf(fields, figures)(state.details, state, bookkeepingOf(history), figures) as Whole;
}

type RowMaker = (details: object, state: RecordState, bookkeeping: Bookkeeping, figures: object) => unknown;

const rowMakers = new WeakMap<ResourceFields, RowMaker>();

/** Every restock and every event of a rebuild makes a row, so that it is made by a function that is written out. */
function rowMakerOf(fields: ResourceFields, figures: object): RowMaker {
  const known = rowMakers.get(fields);
  if (known) return known;
  const { details, children } = fields;
  const figured = Object.keys(figures);
  const kept = details.filter(({ column }) => !figured.includes(column));
  const made = writtenOut<RowMaker>(
    ['details', 'state', 'bookkeeping', 'figures'],
    objectText([
      ...kept.map(({ name, column }, index) => `${JSON.stringify(column)}: details[${JSON.stringify(name)}] ?? initial[${index}]`),
      ...children.map(({ column, inEvents }) => `${JSON.stringify(column)}: childRows(state[${JSON.stringify(inEvents)}])`),
      ...eachOf(bookkeepingColumns, (name) => `${name}: bookkeeping[${name}]`),
      ...eachOf(figured, (name) => `${name}: figures[${name}]`),
    ]),
    { initial: kept.map(({ initial }) => initial), childRows: (list?: ChildrenState) => inRows(list?.children ?? []) },
  );
  rowMakers.set(fields, made);
  return made;
}

const bookkeepingColumns = ['customer_id', 'entity_id', 'created_at', 'updated_at', 'created_by_id', 'updated_by_id'] as const;

type Bookkeeping = Pick<ResourceRow<object, object>, (typeof bookkeepingColumns)[number]>;

const bookkeepingOf = ({ customerId, entityId, created, updated }: RecordHistory): Bookkeeping => ({
  customer_id: customerId,
  entity_id: entityId ?? 0,
  created_at: created.at,
  updated_at: updated.at,
  created_by_id: userIdOf(created.by),
  updated_by_id: userIdOf(updated.by),
});

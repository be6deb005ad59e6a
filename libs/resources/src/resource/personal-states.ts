import { Rejection, sameJson, type ChildChanges, type Row } from '#millwright/event-sourcing';
import { camelCase, type Child } from '#millwright/fields';
import { isPersonal, personalVersion, type PersonalFields } from './personal-fields.js';
import { wantedChanges, type RecordEvent, type RecordState, type RecordValues } from './plain-decider.js';
import { plainRow } from './plain-projection.js';
import type { PlainResource } from './resource-definition.js';

/** A state with the personal values that it speaks of among its values, and apart as they are kept. */
export type CompleteState = RecordState & Readonly<{ personal: RecordValues }>;

/** Personal values of children as they are kept: by the children's ids. */
type ValuesById = Readonly<Record<string, RecordValues>>;

/** A record that is to be made has nothing that is kept. */
export const nothingKept: CompleteState = { registered: false, archived: false, values: {}, personal: {} };

const only = (names: ReadonlySet<string>, values: RecordValues): RecordValues =>
  Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));

/** Those of the values that are personal, as they are kept. */
function personalOf({ columns, ofChildren }: PersonalFields, values: RecordValues): RecordValues {
  const lists = [...ofChildren].filter(([list]) => list in values);
  const kept = lists.map(([list, names]) => [list, keptOf((values[list] ?? []) as readonly Child[], names)] as const);
  return { ...only(columns, values), ...Object.fromEntries(kept) };
}

function keptOf(children: readonly Child[], names: ReadonlySet<string>): ValuesById {
  const given = children.map(({ id, ...values }) => {
    const personal = Object.entries(only(names, values)).filter(([, value]) => value != null);
    return [id, Object.fromEntries(personal)] as const;
  });
  return Object.fromEntries(given.filter(([, values]) => Object.keys(values).length > 0));
}

/**
 * The personal values that are to be kept once `said` has been done; undefined where they stay as they are. Nothing is to be kept of what will be refused:
 * the decision itself says so, after it has looked whether it was made already.
 */
export function personalAfter(kind: PlainResource, state: CompleteState, said: RecordValues): RecordValues | undefined {
  if (!isPersonal(kind.personal)) return undefined;
  const changes = unlessRefused(() => wantedChanges(kind, state, said));
  const after = Object.entries({ ...state.personal, ...personalOf(kind.personal, changes ?? {}) });
  const kept = Object.fromEntries(after.filter(([column, values]) => !kind.personal.ofChildren.has(column) || !isEmpty(values)));
  return sameJson(kept, state.personal) ? undefined : kept;
}

const isEmpty = (values: unknown): boolean => Object.keys(values as object).length === 0;

function unlessRefused<T>(decide: () => T): T | undefined {
  try {
    return decide();
  } catch (refusal) {
    if (refusal instanceof Rejection) return undefined;
    throw refusal;
  }
}

/** A state with the values that its version was written with. Earlier releases kept the version before among them, which must not pass for its own. */
export function completed({ columns, ofChildren }: PersonalFields, state: RecordState, kept: RecordValues): CompleteState {
  const { [personalVersion]: _, ...personal } = kept;
  const lists = [...ofChildren.keys()].flatMap((list) => {
    const children = state.values[list] as readonly Child[] | undefined;
    const values = (personal[list] ?? {}) as ValuesById;
    return children ? [[list, children.map((child) => ({ ...child, ...values[child.id] }))] as const] : [];
  });
  return { ...state, values: { ...state.values, ...only(columns, personal), ...Object.fromEntries(lists) }, personal };
}

/** A state with the revision of its stream that it is of. */
export type StateAt = Readonly<{ state: RecordState; revision: number }>;

/**
 * The children that may have had personal values and are gone in the next state, each as the path of those values. What is found done may be the older of
 * the two: then those that it does not have came later. Their ids do not say so, for a higher one may have come first.
 */
export function goneChildren({ ofChildren }: PersonalFields, before: StateAt, after: StateAt): (readonly [string, string])[] {
  if (after.revision < before.revision) return [];
  return [...ofChildren.keys()].flatMap((list) => {
    const idsIn = ({ state: { values } }: StateAt): number[] => ((values[list] ?? []) as readonly Child[]).map(({ id }) => id);
    const stay = new Set(idsIn(after));
    return idsIn(before).flatMap((id) => (stay.has(id) ? [] : [[list, String(id)] as const]));
  });
}

/**
 * An event as it is stored: of personal fields it says which were given or changed, and under which version their values are kept.
 * @param version what the values are kept under after it, where they are others than before
 * @throws Error where it speaks of personal values that are kept nowhere
 */
export function withoutPersonal(
  { columns, ofChildren }: PersonalFields,
  { type, data }: RecordEvent,
  version: string | undefined,
): RecordEvent {
  const plain = { ...named(columns, data) };
  let speaks = 'fields' in plain && plain['fields'] !== data['fields'];
  for (const [list, names] of ofChildren) {
    const changes = data[camelCase(list)] as ChildChanges | undefined;
    if (!changes) continue;
    const { added, changed } = changes;
    const inEvent = (children: readonly Child[]): Child[] => children.map((child) => named(names, child));
    plain[camelCase(list)] = { ...changes, ...(added && { added: inEvent(added) }), ...(changed && { changed: inEvent(changed) }) };
    speaks ||= [...(added ?? []), ...(changed ?? [])].some((child) => named(names, child) !== child);
  }
  if (speaks && version === undefined) throw new Error(`${type} speaks of personal values that are kept nowhere`);
  return { type, data: { ...plain, ...(version !== undefined && { [camelCase(personalVersion)]: version }) } };
}

/** What an event says, with the names of personal fields instead of their values. */
function named<Said extends RecordValues>(personal: ReadonlySet<string>, said: Said): Said {
  const names = new Set([...personal].map(camelCase));
  const fields = Object.keys(said).filter((name) => names.has(name));
  if (fields.length === 0) return said;
  return { ...Object.fromEntries(Object.entries(said).filter(([name]) => !names.has(name))), fields } as unknown as Said;
}

/** A state with its personal values as a row of the resource's view: null what is not there, or was erased. */
export function wholeRow({ table, personal }: PlainResource, id: number, state: RecordState, revision: number): Row {
  const values = [...personal.columns].map((column) => [column, state.values[column] ?? null] as const);
  return { ...plainRow(table, id, state, revision), ...Object.fromEntries(values) };
}

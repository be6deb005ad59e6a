import { FieldNeedsScope } from '#millwright/access';
import { Rejection, type ChildChanges, type ChildrenState, type Detail } from '#millwright/event-sourcing/decider';
import {
  camelCase,
  childMeant,
  fieldsOf,
  invalid,
  isInput,
  type Child,
  type ChildrenFacet,
  type InputField,
  type Problem,
  type SaidChild,
} from '#millwright/fields';
import { refuseIf } from './refusals.js';
import { camelValues, changedValues, neverMissing, snakeValues, type RecordValues } from './record-values.js';

/** A list of children of a resource: what requests say under `said` (`vendor_contacts_attributes`) happens to `column` (`vendor_contacts`). */
export type ChildList = ChildrenFacet &
  Readonly<{
    said: string;
    column: string;
    /** The same in events and in the states of deciders of their own. */
    inEvents: string;
    fields: readonly InputField[];
  }>;

/**
 * @throws Error a field of children that is an instruction (a QR code, children again): only a resource knows what comes of one; and one called
 * `fields`, which is what events say of those that are personal
 */
export function childListsOf(input: readonly InputField[]): ChildList[] {
  return input.flatMap(({ name, stored, children }) => {
    if (!children || !stored) return [];
    const fields = fieldsOf(children.type).filter(isInput);
    const misplaced = fields.find((field) => field.stored?.from ?? field.children ?? field.name === 'fields');
    if (misplaced) throw new Error(`${name}: a ${children.name} has no place for ${misplaced.name}`);
    return [{ ...children, said: name, column: stored.name, inEvents: camelCase(stored.name), fields }];
  });
}

/** The children of a list with what is never null also in those that were made before there was such a field. */
export function completeChildren({ fields }: ChildList, children: readonly Child[]): readonly Child[] {
  const initial = neverMissing(fields);
  return children.map((child) => ({ ...initial, ...child }));
}

type Said = Readonly<{ place: number; values: SaidChild }>;

/**
 * The children as a request wants them. New ones have the ids that were drawn for them.
 * @param root what the list stands under: `vendor`
 * @throws Rejection VALIDATION_FAILED: an unknown id, one child named twice, a new one without what must be given, too many of them, and what the
 * list's rule says; CONFLICT one of them has a drawn id already; INSUFFICIENT_PERMISSIONS one with fields that may not be seen is to be another's
 */
export function childrenWanted(list: ChildList, before: readonly Child[], request: readonly SaidChild[], root: string): readonly Child[] {
  const after = new Map(before.map((child) => [child.id, child]));
  const said = new Map<number, Said>();
  const problems: Detail[] = [];
  const path = `${root}.${list.said}`;
  const at = (place: number, field: string, problem: Problem): Detail => ({ field: `${path}.${place}.${field}`, ...problem });
  const made = maker(list, before);
  for (const [place, values] of request.entries()) {
    const meant = childMeant(list, before, values);
    const problem = meaningProblem(list, values, meant, said);
    if (problem) {
      problems.push(at(place, namedBy(list, values), problem));
      continue;
    }
    if (meant) requireMovable(list, values, meant, `${path}.${place}`);
    else problems.push(...missingIn(list, values).map((field) => at(place, field, missing)));
    const id = meant?.id ?? idOfNew(list, before, values);
    if (values._destroy) after.delete(id);
    else after.set(id, meant ? { ...meant, ...valuesIn(list, values) } : { id, ...made(values) });
    said.set(id, { place, values });
  }
  const kept = [...after.values()];
  for (const place of placesOfAlike(list, kept, said)) problems.push(at(place, list.knownBy ?? 'id', taken));
  if (kept.length > list.most) problems.push({ field: path, code: 'too_many', message: `must not come to more than ${list.most} entries` });
  refuseIf(problems);
  const refuse = (place: number, field: string, problem: Problem): never => {
    throw invalid([at(place, field, problem)]);
  };
  return list.rule?.({ before, after: kept, saidOf: ({ id }) => said.get(id), refuse }) ?? kept;
}

/**
 * @throws Rejection CONFLICT an earlier release, which counts on from the owner's last one, is still running beside this one and has given it
 * @throws Error where nobody has drawn one
 */
function idOfNew({ name }: ChildList, before: readonly Child[], { drawnId }: SaidChild): number {
  if (drawnId === undefined) throw new Error(`no id was drawn for a new ${name}`);
  if (before.some(({ id }) => id === drawnId)) throw new Rejection('CONFLICT', 'Another request took the same id; please try again.');
  return drawnId;
}

const missing: Problem = { code: 'required', message: 'must be given' };

const missingIn = ({ fields }: ChildList, said: SaidChild): string[] =>
  fields.flatMap(({ name, input }) => (input.presence === 'required' && said[name] === undefined ? [name] : []));

const taken: Problem = { code: 'not_unique', message: 'must not be that of another one' };

/** The field that says which one is meant. */
const namedBy = ({ knownBy }: ChildList, values: SaidChild): string =>
  values.id == null && knownBy !== undefined && values[knownBy] != null ? knownBy : 'id';

function meaningProblem(
  list: ChildList,
  values: SaidChild,
  meant: Child | undefined,
  said: ReadonlyMap<number, Said>,
): Problem | undefined {
  const name = values[namedBy(list, values)];
  if (!meant && name != null && (values.id != null || values._destroy))
    return { code: 'not_found', message: `there is no ${JSON.stringify(name)} in this list` };
  if (!meant && values._destroy) return { code: 'required', message: 'must be given: it says which one is to go' };
  return meant && said.has(meant.id) ? { code: 'not_unique', message: 'must not name one that this request names already' } : undefined;
}

/**
 * Whose price it is, is written by who gives it to another vendor: that takes the right to see it (contract, part 4, S17), whether or not there is one, or
 * the answer would tell. Taking one away is refused before anything is decided (`requireWritable`).
 * @throws Rejection INSUFFICIENT_PERMISSIONS
 */
function requireMovable({ knownBy }: ChildList, { moveNeeds: scope, ...said }: SaidChild, meant: Child, path: string): void {
  if (scope === undefined || knownBy === undefined || said[knownBy] === undefined || said[knownBy] === meant[knownBy]) return;
  throw new FieldNeedsScope(`${path}.${knownBy}`, scope);
}

/** Where the request gives a child what another one is known by. Of two that it gives the same, the later one is wrong. */
function placesOfAlike({ knownBy }: ChildList, children: readonly Child[], said: ReadonlyMap<number, Said>): number[] {
  if (knownBy === undefined) return [];
  return children.flatMap((child) => {
    const place = said.get(child.id)?.place;
    const isBefore = (other: Child): boolean => other[knownBy] === child[knownBy] && (said.get(other.id)?.place ?? -1) < (place ?? -1);
    return place !== undefined && child[knownBy] != null && children.some(isBefore) ? [place] : [];
  });
}

/** The values that are said; null means what a new one has, where there is such a thing. */
const valuesIn = ({ fields }: ChildList, said: SaidChild): RecordValues =>
  Object.fromEntries(
    fields.flatMap(({ name, stored }) =>
      stored && said[name] !== undefined ? [[stored.name, said[name] ?? stored.initial ?? null] as const] : [],
    ),
  );

const initialValues = (fields: readonly InputField[]): RecordValues =>
  Object.fromEntries(fields.flatMap(({ stored }) => (stored?.initial === undefined ? [] : [[stored.name, stored.initial] as const])));

/** Makes the values of new children, one after another, each placed behind those there are. */
function maker(list: ChildList, before: readonly Child[]): (said: SaidChild) => RecordValues {
  const { orderedBy } = list;
  let last = orderedBy === undefined ? 0 : Math.max(before.length, ...before.map((child) => Number(child[orderedBy])));
  return (said) => {
    last += 1;
    const values = { ...initialValues(list.fields), ...(orderedBy !== undefined && { [orderedBy]: last }) };
    const given = Object.entries(valuesIn(list, said)).filter(([, value]) => value !== null);
    return { ...values, ...Object.fromEntries(given) };
  };
}

/** What happens on the way from some children to others; undefined where nothing does. */
export function childChanges(before: readonly Child[], after: readonly Child[]): ChildChanges | undefined {
  const old = new Map(before.map((child) => [child.id, child]));
  const left = new Set(after.map(({ id }) => id));
  const inEvent = ({ id, ...values }: Child): Child => ({ id, ...camelValues(values) });
  const added = after.filter(({ id }) => !old.has(id)).map(inEvent);
  const changed = after.flatMap((child) => {
    const changes = changedValues(old.get(child.id) ?? child, child);
    return Object.keys(changes).length === 0 ? [] : [inEvent({ id: child.id, ...changes })];
  });
  const removed = before.flatMap(({ id }) => (left.has(id) ? [] : [id]));
  if (added.length + changed.length + removed.length === 0) return undefined;
  return { ...(added.length > 0 && { added }), ...(changed.length > 0 && { changed }), ...(removed.length > 0 && { removed }) };
}

/** Children as rows have them, from how events and the states of deciders of their own do. */
export const inRows = (children: readonly Child[]): Child[] => children.map(({ id, ...values }) => ({ id, ...snakeValues(values) }));

/** What an event says of children, with their names as rows have them, and without what it says of personal fields. */
export function changesInRows({ added, changed, removed }: ChildChanges): ChildChanges {
  const plain = (children: readonly Child[]): Child[] => inRows(children.map(({ fields: _, ...child }) => child));
  return { ...(added && { added: plain(added) }), ...(changed && { changed: plain(changed) }), ...(removed && { removed }) };
}

/** What a request wants of the children of a list, which is called as events call it. @throws Rejection VALIDATION_FAILED what is wrong with them; CONFLICT */
export type WantedChildren = (name: string, before: Pick<ChildrenState, 'children'>) => ChildChanges | undefined;

/** @param values what a request says of a resource, by its columns, new children with drawn ids (`saidChildren`) */
export function wantedChildren(lists: readonly ChildList[], values: RecordValues, root: string): WantedChildren {
  return (name, { children }) => {
    const list = lists.find(({ inEvents }) => inEvents === name);
    if (!list) throw new Error(`a ${root} has no children called ${name}`);
    const before = completeChildren(list, inRows(children));
    return childChanges(before, childrenWanted(list, before, (values[list.column] ?? []) as readonly SaidChild[], root));
  };
}

import {
  childListAfter,
  historyAfter,
  Rejection,
  type ChildChanges,
  type Event,
  type RecordHistory,
  type Stream,
} from '#millwright/event-sourcing/decider';
import { snakeCase, type Child, type SaidChild } from '#millwright/fields';
import { changesInRows, childChanges, childrenWanted, completeChildren, type ChildList } from './children.js';
import { linksAfter, type HeardRevisions } from './relation-links.js';
import { statementsAfter, withStatements, type Statement } from './relation-statements.js';
import { camelValues, changedValues, snakeValues, type RecordValues } from './record-values.js';

export type { RecordValues } from './record-values.js';

/** The same of one kind of record, so that a name that none of its fields has does not compile. */
export type ValuesOf<Fields extends object> = object extends Fields
  ? RecordValues
  : Readonly<{ [Name in keyof Fields as Name extends `${infer Instruction}_attributes` ? Instruction : Name]?: Fields[Name] | null }>;

export type RecordState<Fields extends object = object> = Readonly<{
  registered: boolean;
  archived: boolean;
  values: ValuesOf<Fields>;
  /** What it has said last of records that own a relation to it, by the relation's column. */
  statements?: Readonly<Record<string, Readonly<Record<string, Statement>>>>;
  /** How far it has heard the other side of relations that it owns, by the relation's column. */
  heard?: HeardRevisions;
  /** What was noted on its stream once and for ever. */
  marks?: readonly string[];
  /** What was personal of it is gone for good: nobody writes it any more. */
  erased?: Erased;
  history?: RecordHistory;
}>;

/** Why it was erased is a text that can vanish itself: where it is kept, and its digest. */
export type Erased = Readonly<{ reasonId: string; reasonSha256: string }>;

/**
 * `<Type>Registered | Changed` carry fields in camelCase (changed ones only) and of a list of children what happened to which (`ChildChanges`),
 * `<Type>Archived | Unarchived` nothing. Of a relation that the other side owns they name who is wanted and who is dropped; the other side's own
 * `<Type><Other>Linked | Unlinked` carry one such pair.
 * `<Type>Erased` names the version of what stands in place of its personal values from then on, and where the reason is kept; it is archived with it.
 * `<Type><Mark>` notes something for ever that nobody has done to the record, so that it is no change of it.
 */
export type RecordEvent = Event<string, Readonly<Record<string, unknown>>>;

export type RecordStream = Stream<RecordState, RecordEvent>;

/** What a kind of record adds to the plain decisions; each throws a Rejection. Pure. */
export type RecordRules<Fields extends object = object> = Readonly<{
  register?(values: ValuesOf<Fields>): void;
  change?(state: RecordState<Fields>, changes: ValuesOf<Fields>): void;
  /** The state is without what is personal. */
  archive?(state: RecordState<Fields>, id: number): void;
}>;

/** What is decided about records of a kind. */
export type RecordKind = Readonly<{
  /** What fields of refusals stand under. */
  root: string;
  /** PascalCase: what its events begin with. */
  typeName: string;
  rules: RecordRules;
  children: readonly ChildList[];
  /** Columns of relations that the other side owns. */
  ownedElsewhere?: readonly string[];
  /** What may be noted of it for ever, PascalCase. */
  marks?: readonly string[];
}>;

const unknownRecord: RecordState = { registered: false, archived: false, values: {} };

type Lists = Readonly<{ children?: readonly string[]; ownedElsewhere?: readonly string[]; marks?: readonly string[] }>;

/**
 * The stream of a kind of record. `typeName` is the PascalCase name its events begin with, `lists` are the columns of its children and of relations that
 * the other side owns, and its marks, and `initial` is what fields have that are never null, also in records that were registered before there were such fields.
 */
export function recordStream(typeName: string, category: string, lists: Lists = {}, initial: RecordValues = {}): RecordStream {
  const initialState: RecordState = { ...unknownRecord, values: initial };
  return {
    category,
    initialState,
    evolve(state, event) {
      const what = event.type.slice(typeName.length);
      if (lists.marks?.includes(what)) return { ...state, marks: [...(state.marks ?? []), what] };
      const history = historyAfter(state.history, event);
      switch (what) {
        case 'Registered':
          return { registered: true, archived: false, ...valuesAfter(initialState, event, lists), history };
        case 'Changed':
          return { ...state, ...valuesAfter(state, event, lists), history };
        case 'Archived':
          return { ...state, archived: true, history };
        case 'Unarchived':
          return { ...state, archived: false, history };
        case 'Erased': {
          const { reasonId, reasonSha256, ...stored } = event.data as Erased & RecordValues;
          return {
            ...state,
            archived: true,
            values: { ...state.values, ...snakeValues(stored) },
            erased: { reasonId, reasonSha256 },
            history,
          };
        }
        default: {
          const linked = linksAfter(typeName, state, event);
          if (!linked) throw new Error(`${event.type} is no event of a ${typeName}`);
          return { ...state, ...linked, history };
        }
      }
    },
  };
}

function valuesAfter(
  state: RecordState,
  event: RecordEvent,
  { children: lists = [], ownedElsewhere = [] }: Lists,
): Pick<RecordState, 'values' | 'statements'> {
  const said = snakeValues(event.data);
  const statements = statementsAfter(ownedElsewhere, state, said, event);
  const values: Record<string, unknown> = { ...state.values, ...said };
  for (const column of lists)
    if (column in said) values[column] = childListAfter(childrenIn(state, column), changesInRows(said[column] as ChildChanges));
  return { values, ...(statements && { statements }) };
}

const childrenIn = ({ values }: RecordState, column: string): readonly Child[] => (values[column] ?? []) as readonly Child[];

const completeChildrenIn = (state: RecordState, list: ChildList): readonly Child[] =>
  completeChildren(list, childrenIn(state, list.column));

/** Registers under a fresh id; the caller makes sure that the stream is new. @throws Rejection what is wrong with its children, and what the kind's rules say */
export function registerRecord(kind: RecordKind, said: RecordValues): RecordEvent[] {
  const values = decidedValues(kind, unknownRecord, said);
  kind.rules.register?.(values);
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return [{ type: `${kind.typeName}Registered`, data: dataOf(kind, unknownRecord, Object.fromEntries(given)) }];
}

/**
 * Changes what really differs; nothing happens where nothing does. Null clears a field. Of children `said` is what is to happen to them.
 * @throws Rejection CONFLICT the record is archived, VALIDATION_FAILED what is wrong with its children, and what the kind's rules say
 */
export function changeRecord(kind: RecordKind, state: RecordState, said: RecordValues): RecordEvent[] {
  requireInUse(kind.typeName, state);
  const changes = wantedChanges(kind, state, said);
  if (Object.keys(changes).length === 0) return [];
  kind.rules.change?.(state, changes);
  return [{ type: `${kind.typeName}Changed`, data: dataOf(kind, state, changes) }];
}

/** What `said` would change, before any rule is asked. @throws Rejection VALIDATION_FAILED what is wrong with its children */
export const wantedChanges = (kind: RecordKind, state: RecordState, said: RecordValues): RecordValues =>
  changesOf(state, decidedValues(kind, state, said));

const decidedValues = (kind: RecordKind, state: RecordState, said: RecordValues): RecordValues =>
  withStatements(kind.ownedElsewhere ?? [], state, withChildren(kind, state, said));

/** The values with what is said of children turned into the children that come of it, where anything does. */
function withChildren({ root, children: lists }: RecordKind, state: RecordState, said: RecordValues): RecordValues {
  const values: Record<string, unknown> = { ...said };
  for (const list of lists) {
    const before = completeChildrenIn(state, list);
    const wanted = childrenWanted(list, before, (said[list.column] ?? []) as readonly SaidChild[], root);
    if (childChanges(before, wanted)) values[list.column] = wanted;
    else delete values[list.column];
  }
  return values;
}

/** Changes as their event says them: of children what happened to which. */
function dataOf({ children: lists }: RecordKind, state: RecordState, changes: RecordValues): RecordEvent['data'] {
  const data: Record<string, unknown> = { ...changes };
  for (const list of lists) {
    const { column } = list;
    if (!(column in changes)) continue;
    data[column] = childChanges(completeChildrenIn(state, list), (changes[column] ?? []) as readonly Child[]);
  }
  return camelValues(data);
}

/** @throws Rejection CONFLICT what is archived stays as it is until it is brought back, as parts and work orders do */
function requireInUse(typeName: string, { archived }: RecordState): void {
  if (archived)
    throw new Rejection('CONFLICT', `The ${snakeCase(typeName).replaceAll('_', ' ').toLowerCase()} is archived; bring it back first.`);
}

/** Nothing happens to what is archived already. @throws Rejection what the kind's rules say */
export function archiveRecord(typeName: string, rules: RecordRules, state: RecordState, id: number): RecordEvent[] {
  if (state.archived) return [];
  rules.archive?.(state, id);
  return [{ type: `${typeName}Archived`, data: {} }];
}

export const unarchiveRecord = (typeName: string, state: RecordState): RecordEvent[] =>
  state.archived ? [{ type: `${typeName}Unarchived`, data: {} }] : [];

/**
 * Has what is personal of a record be gone for good.
 * @param storedAs the version of what is shown in its place
 * @throws Rejection ALREADY_ERASED
 */
export function eraseRecord(
  typeName: string,
  state: RecordState,
  { storedAs, ...reason }: Erased & Readonly<{ storedAs: string }>,
): RecordEvent[] {
  if (state.erased) throw new Rejection('ALREADY_ERASED', 'What was personal of it is gone already.');
  return [{ type: `${typeName}Erased`, data: { storedAs, ...reason } }];
}

/** Notes something of a record, once. */
export const markRecord = (typeName: string, mark: string, state: RecordState): RecordEvent[] =>
  state.marks?.includes(mark) ? [] : [{ type: `${typeName}${mark}`, data: {} }];

/** Those of the wanted values that differ from the state's; a null where there was nothing, or an empty list, is no change. */
export const changesOf = ({ values }: RecordState, wanted: RecordValues): RecordValues => changedValues(values, wanted);

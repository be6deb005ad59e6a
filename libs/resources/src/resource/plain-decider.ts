import { changedFields, historyAfter, Rejection, type Event, type RecordHistory, type Stream } from '#millwright/event-sourcing/decider';
import { camelCase, snakeCase } from '#millwright/fields';

/** The stored fields of a record by their snake_case names; decimals are canonical strings. A field that is not there is null. */
export type RecordValues = Readonly<Record<string, unknown>>;

/** The same of one kind of record, so that a name that none of its fields has does not compile. */
export type ValuesOf<Fields extends object> = object extends Fields
  ? RecordValues
  : Readonly<{ [Name in keyof Fields as Name extends `${infer Instruction}_attributes` ? Instruction : Name]?: Fields[Name] | null }>;

export type RecordState<Fields extends object = object> = Readonly<{
  registered: boolean;
  archived: boolean;
  values: ValuesOf<Fields>;
  history?: RecordHistory;
}>;

/** `<Type>Registered | Changed` carry fields in camelCase (changed ones only), `<Type>Archived | Unarchived` nothing. */
export type RecordEvent = Event<string, Readonly<Record<string, unknown>>>;

export type RecordStream = Stream<RecordState, RecordEvent>;

/** What a kind of record adds to the plain decisions; each throws a Rejection. Pure. */
export type RecordRules<Fields extends object = object> = Readonly<{
  register?(values: ValuesOf<Fields>): void;
  change?(state: RecordState<Fields>, changes: ValuesOf<Fields>): void;
  archive?(state: RecordState<Fields>, id: number): void;
}>;

const unknownRecord: RecordState = { registered: false, archived: false, values: {} };

/** The stream of a kind of record. `typeName` is the PascalCase name its events begin with. */
export function recordStream(typeName: string, category: string): RecordStream {
  return {
    category,
    initialState: unknownRecord,
    evolve(state, event) {
      const history = historyAfter(state.history, event);
      switch (event.type.slice(typeName.length)) {
        case 'Registered':
          return { registered: true, archived: false, values: snakeValues(event.data), history };
        case 'Changed':
          return { ...state, values: { ...state.values, ...snakeValues(event.data) }, history };
        case 'Archived':
          return { ...state, archived: true, history };
        case 'Unarchived':
          return { ...state, archived: false, history };
        default:
          throw new Error(`${event.type} is no event of a ${typeName}`);
      }
    },
  };
}

/** Registers under a fresh id; the caller makes sure that the stream is new. */
export function registerRecord(typeName: string, rules: RecordRules, values: RecordValues): RecordEvent[] {
  rules.register?.(values);
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return [{ type: `${typeName}Registered`, data: camelValues(Object.fromEntries(given)) }];
}

/**
 * Changes what really differs; nothing happens where nothing does. Null clears a field.
 * @throws Rejection CONFLICT the record is archived, and what the kind's rules say
 */
export function changeRecord(typeName: string, rules: RecordRules, state: RecordState, wanted: RecordValues): RecordEvent[] {
  requireInUse(typeName, state);
  const changes = changesOf(state, wanted);
  if (Object.keys(changes).length === 0) return [];
  rules.change?.(state, changes);
  return [{ type: `${typeName}Changed`, data: camelValues(changes) }];
}

/** @throws Rejection CONFLICT what is archived stays as it is until it is brought back, as parts and work orders do */
export function requireInUse(typeName: string, { archived }: RecordState): void {
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

/** Those of the wanted values that differ from the state's; a null where there was nothing, or an empty list, is no change. */
export function changesOf({ values }: RecordState, wanted: RecordValues): RecordValues {
  const before = Object.fromEntries(Object.keys(wanted).map((name) => [name, orNull(values[name])]));
  const after = Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, value === undefined ? undefined : orNull(value)]));
  return changedFields<Record<string, unknown>>(before, after);
}

const orNull = (value: unknown): unknown => (value === undefined || (Array.isArray(value) && value.length === 0) ? null : value);

const camelValues = (values: RecordValues): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [camelCase(name), value]));

const snakeValues = (data: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [snakeCase(name), value]));

import type { Row } from '#millwright/event-sourcing';
import { camelCase } from '#millwright/fields';
import type { RecordEvent, RecordState, RecordValues } from './plain-decider.js';
import { plainRow } from './plain-projection.js';
import type { PlainResource } from './resource-definition.js';
import type { ResourceFields } from './resource-fields.js';
import { personalVersion } from './resource-table.js';

/** What an event says of the personal fields that it speaks of: their names, and where their values are. */
const reserved = ['fields', personalVersion];

/** The columns whose values are personal. @throws Error where another field has a name that events need for these */
export function personalColumns({ typeName, all }: ResourceFields): ReadonlySet<string> {
  const personal = new Set(all.flatMap((field) => (field.personal && field.stored ? [field.stored.name] : [])));
  const taken = personal.size > 0 && all.find(({ stored }) => stored && reserved.includes(stored.name));
  if (taken) throw new Error(`${typeName}.${taken.name} has a name that events say of personal fields`);
  return personal;
}

/** @throws Error where a personal field stands in a resource that stores all of its details in its events */
export function requireNothingPersonal({ typeName, all }: ResourceFields): void {
  const personal = all.find((field) => field.personal);
  if (personal) throw new Error(`${typeName}.${personal.name} is personal, and a decider of its own would store it in events`);
}

/** Those of the values that are personal. */
export const personalOf = (personal: ReadonlySet<string>, values: RecordValues): RecordValues =>
  Object.fromEntries(Object.entries(values).filter(([column]) => personal.has(column)));

/**
 * An event as it is stored: of personal fields it says which were given or changed, and under which version their values are kept.
 * @throws Error where it speaks of personal values that are kept nowhere
 */
export function withoutPersonal(personal: ReadonlySet<string>, { type, data }: RecordEvent, version: string | undefined): RecordEvent {
  const names = new Set([...personal].map(camelCase));
  const fields = Object.keys(data).filter((name) => names.has(name));
  if (fields.length === 0) return { type, data };
  if (version === undefined) throw new Error(`${type} speaks of personal values that are kept nowhere`);
  const plain = Object.entries(data).filter(([name]) => !names.has(name));
  return { type, data: { ...Object.fromEntries(plain), fields, [camelCase(personalVersion)]: version } };
}

/** A state with its personal values as a row of the resource's view: null what is not there, or was erased. */
export function wholeRow({ table, personal }: PlainResource, id: number, state: RecordState, revision: number): Row {
  const values = [...personal].map((column) => [column, state.values[column] ?? null] as const);
  return { ...plainRow(table, id, state, revision), ...Object.fromEntries(values) };
}

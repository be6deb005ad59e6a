import type { Event } from '#millwright/event-sourcing/decider';
import { snakeCase } from '#millwright/fields';
import { idsIn, type Pair } from './relation-statements.js';
import type { RecordValues } from './record-values.js';

/** By the column of a relation that this side owns, the revision of the last event of each other record that was heard. */
export type HeardRevisions = Readonly<Record<string, Readonly<Record<string, number>>>>;

type Owner = Readonly<{ values: RecordValues; heard?: HeardRevisions }>;

/** One pair as the other side wants it: `revision` is that of its event, the fence that no earlier event comes through any more. */
export type Link = Readonly<{ id: number; revision: number; wanted: boolean }>;

const columnOf = (other: string): string => `${other}s_ids`;

/** What the owner's stream says of a pair. */
export function pairIn({ values, heard }: Owner, column: string, id: number): Pair {
  return { linked: idsIn(values[column]).includes(id), heard: heard?.[column]?.[id] ?? -1 };
}

/**
 * Takes up what another record says of a pair, in an event also where the pair is so already: it carries the fence. What is not newer than what was heard
 * is overtaken.
 * @param other the other kind, PascalCase
 */
export function linkRecord(
  typeName: string,
  other: string,
  owner: Owner,
  { id, revision, wanted }: Link,
): Event<string, Record<string, number>>[] {
  const field = other.charAt(0).toLowerCase() + other.slice(1);
  if (pairIn(owner, columnOf(snakeCase(field)), id).heard >= revision) return [];
  return [{ type: `${typeName}${other}${wanted ? 'Linked' : 'Unlinked'}`, data: { [`${field}Id`]: id, [`${field}Revision`]: revision } }];
}

/** The owner after such an event; undefined for another. */
export function linksAfter(
  typeName: string,
  { values, heard }: Owner,
  { type, data }: Event,
): Required<Pick<Owner, 'values' | 'heard'>> | undefined {
  const [, name, verb] = /^([A-Z]\w*?)(Linked|Unlinked)$/.exec(type.slice(typeName.length)) ?? [];
  if (name === undefined) return undefined;
  const field = name.charAt(0).toLowerCase() + name.slice(1);
  const { [`${field}Id`]: id, [`${field}Revision`]: revision } = data as Readonly<Record<string, number>>;
  if (id === undefined || revision === undefined) return undefined;
  const column = columnOf(snakeCase(field));
  const others = idsIn(values[column]).filter((known) => known !== id);
  const linked = idsIn(values[column]).includes(id) ? idsIn(values[column]) : [...others, id];
  return {
    values: { ...values, [column]: verb === 'Linked' ? linked : others },
    heard: { ...heard, [column]: { ...heard?.[column], [id]: revision } },
  };
}

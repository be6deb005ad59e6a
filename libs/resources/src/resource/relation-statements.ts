import type { Event, EventMetadata } from '#millwright/event-sourcing';
import type { RecordValues } from './record-values.js';

/** What a record has said last of another: whether the two belong together, in which of its events, and at which site. */
export type Statement = Readonly<{ wanted: boolean; revision: number; site: number | null }>;

/** Statements by the id of the other record. */
type Statements = Readonly<Record<string, Statement>>;

/** What the other record's stream says of the pair: whether it is there, and how far it has heard this one. -1: it never has. */
export type Pair = Readonly<{ linked: boolean; heard: number }>;

/**
 * What a request wants of a relation that the other side owns, with what the others' streams say of it so far. What every site has (a vendor) is related
 * at each to that site's records alone.
 */
export type WantedRelation = Readonly<{ site: number | null; ids: readonly number[]; pairs: ReadonlyMap<number, Pair> }>;

/** What the events of a record call those that it wants and those that it drops: `parts_ids` → `parts_wanted`, `parts_dropped`. */
export const statementNames = (column: string): Readonly<{ wanted: string; dropped: string }> => ({
  wanted: column.replace(/_ids$/, '_wanted'),
  dropped: column.replace(/_ids$/, '_dropped'),
});

/** The state's own share of relations that others own. */
type WithStatements = Readonly<{ values: RecordValues; statements?: Readonly<Record<string, Statements>> }>;

/** The ids of those that belong together: what the record has said and the other has not heard yet holds, else what the other says. */
export function idsTogether(statements: Statements | undefined, { site, ids, pairs }: WantedRelation): number[] {
  const known = new Set([...pairs.keys(), ...ids, ...idsSaid(statements, site)]);
  return [...known].filter((id) => {
    const said = statements?.[id];
    const pair = pairs.get(id);
    return said && said.revision > (pair?.heard ?? -1) ? said.wanted : pair?.linked === true;
  });
}

/** Of whom something was said at a site. */
export const idsSaid = (statements: Statements | undefined, site: number | null): number[] =>
  Object.entries(statements ?? {}).flatMap(([id, statement]) => (statement.site === site ? [Number(id)] : []));

/** The values with what is wanted of relations turned into whom the event names, where anything differs. */
export function withStatements(columns: readonly string[], { statements }: WithStatements, said: RecordValues): RecordValues {
  const values: Record<string, unknown> = { ...said };
  for (const column of columns) {
    if (!(column in said)) continue;
    delete values[column];
    const relation = said[column] as WantedRelation | null;
    if (!relation) continue;
    const before = new Set(idsTogether(statements?.[column], relation));
    const after = new Set(relation.ids);
    const names = statementNames(column);
    const wanted = relation.ids.filter((id) => !before.has(id));
    const dropped = [...before].filter((id) => !after.has(id));
    if (wanted.length > 0) values[names.wanted] = wanted;
    if (dropped.length > 0) values[names.dropped] = dropped;
  }
  return values;
}

/**
 * The state after an event's statements. Events of earlier releases named the whole list under the column's own name: of that stays what no later
 * statement is about.
 */
export function statementsAfter<State extends WithStatements>(
  columns: readonly string[],
  state: State,
  said: Record<string, unknown>,
  event: Event & Readonly<{ revision?: number; metadata?: EventMetadata }>,
): State['statements'] {
  const statements: Record<string, Statements> = { ...state.statements };
  for (const column of columns) {
    const names = statementNames(column);
    const [wanted, dropped] = [idsIn(said[names.wanted]), idsIn(said[names.dropped])];
    delete said[names.wanted];
    delete said[names.dropped];
    if (wanted.length + dropped.length === 0) continue;
    const latest = [...wanted, ...dropped].map((id, index): [number, Statement] => [
      id,
      { wanted: index < wanted.length, revision: event.revision ?? 0, site: event.metadata?.entity_id ?? null },
    ]);
    statements[column] = { ...statements[column], ...Object.fromEntries(latest) };
    const named = new Set([...wanted, ...dropped]);
    said[column] = idsIn(state.values[column]).filter((id) => !named.has(id));
  }
  return Object.keys(statements).length > 0 ? statements : undefined;
}

/** Whom an event names, under one of the names that `statementNames` has. */
export const idsIn = (value: unknown): readonly number[] => (Array.isArray(value) ? (value as readonly number[]) : []);

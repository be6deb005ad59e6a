import type { Row } from '#millwright/event-sourcing';
import { actorOf } from './command-context.js';
import type { FoundEntity } from './entity-directory.js';
import { scopeIfAny, type Principal } from './request-scope.js';
import type { Rows } from './rights.js';
import { userIdOf } from './user-of-actor.js';

/**
 * Which rows of a kind of record somebody sees who does not see all: the columns of which one has to name him; none of them, where there are no columns.
 * `site`: the column with the number of a site that has to exist for whoever asks.
 */
export type RowRule = Readonly<{ assigned?: readonly string[]; own?: readonly string[]; site?: string }>;

/** What a row has to have so that whoever asks sees it: one of these numbers in one of the columns; no row has, where there are none. */
export type Restriction = Readonly<{ columns: readonly string[]; among: readonly number[] }>;

/** Which rows somebody sees at a site, which may let its technicians see all. */
export const rowsSeenAt = ({ rights }: Pick<Principal, 'rights'>, { entity, techniciansSeeAll }: FoundEntity): Rows => {
  const rows = rights.rowsAt?.(entity.id) ?? 'all';
  return rows === 'assigned' && techniciansSeeAll === true ? 'all' : rows;
};

/**
 * What restricts whoever asks, by the rule of a kind; undefined where he sees all of it, as outside a request.
 * @param elsewhere which rows he sees where the record is, left out at the site of the request
 */
export function restrictionBy(rule: RowRule | undefined, elsewhere?: Rows): Restriction | undefined {
  const scope = rule && scopeIfAny();
  if (!scope) return undefined;
  const { principal } = scope;
  const rows = elsewhere ?? scope.rows ?? 'all';
  const { sites } = principal.rights;
  if (rule.site !== undefined) return sites === 'all' ? undefined : { columns: [rule.site], among: [...sites] };
  const columns = rows === 'all' ? undefined : rule[rows];
  // What a machine did itself is its own.
  return columns && { columns, among: [userIdOf(actorOf(principal))] };
}

/** Whether a row is one that is left by a restriction. */
export function isLeft(row: Readonly<Row>, restriction: Restriction | undefined): boolean {
  if (!restriction) return true;
  const { columns, among } = restriction;
  return columns.flatMap((column) => [row[column]].flat()).some((id) => id != null && among.includes(Number(id)));
}

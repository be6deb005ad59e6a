import type { Row } from '#millwright/event-sourcing';
import { actorOf } from './command-context.js';
import { scopeIfAny } from './request-scope.js';
import { userIdOf } from './user-of-actor.js';

/**
 * Which rows of a kind of record somebody sees who does not see all: the columns of which one has to name him; none of them, where there are no columns.
 * `site`: the column with the number of a site that has to exist for whoever asks.
 */
export type RowRule = Readonly<{ assigned?: readonly string[]; own?: readonly string[]; site?: string }>;

/** What a row has to have so that whoever asks sees it: one of these numbers in one of the columns; no row has, where there are none. */
export type Restriction = Readonly<{ columns: readonly string[]; among: readonly number[] }>;

/** What restricts whoever asks, by the rule of a kind; undefined where he sees all of it, as outside a request. */
export function restrictionBy(rule: RowRule | undefined): Restriction | undefined {
  const scope = rule && scopeIfAny();
  if (!scope) return undefined;
  const { rows = 'all', principal } = scope;
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

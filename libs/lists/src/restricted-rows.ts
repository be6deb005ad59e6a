import { currentEntity, restrictionBy, type RowRule } from '#millwright/access';
import type { Bind } from './conditions.js';
import type { ListAttribute, ListDefinition } from './list-definition.js';
import { columnSql, rowsOf, type View } from './view.js';

type Conditions = Pick<ListDefinition, 'view' | 'rows' | 'belongsTo' | 'attributes'>;

/** What restricts the rows of a list for whoever asks, where he does not see all of it. */
export function restrictionsOf({ view, rows, belongsTo, attributes }: Conditions, bind: Bind): string[] {
  const own = restrictedSql({ view, rows }, (column) => columnSql(view, column), bind);
  const owner = belongsTo === undefined ? undefined : attributes[belongsTo];
  const isRestricted = owner?.names && restrictionBy(owner.names().rows);
  return [own ?? [], isRestricted ? `${seenSql(view, owner, belongsTo ?? '')} IS NOT NULL` : []].flat();
}

/** Records of which one is read. */
export type RecordsHere = Pick<ListDefinition, 'view' | 'scope'> & Readonly<{ rows?: RowRule | undefined }>;

/** What a record that is read by its id has to be, beside having it: here, and one that whoever asks sees. What belongs to no site is at every one. */
export function seenHereConditions({ view, rows, scope }: RecordsHere, bind: Bind): string[] {
  const own = restrictedSql({ view, rows }, (column) => columnSql(view, column), bind) ?? [];
  if (scope !== 'entity') return [own].flat();
  const site = columnSql(view, 'entity_id');
  return [`(${site} = ${bind(currentEntity().id)} OR ${site} IS NULL)`, own].flat();
}

type Restricted = Readonly<{ view: View; rows?: RowRule }>;

/** The condition on rows that whoever asks sees, where that is not all of them; `place` makes a column's name SQL. */
function restrictedSql({ view, rows }: Restricted, place: (column: string) => string, bind: Bind): string | undefined {
  const restriction = restrictionBy(rows);
  if (!restriction) return undefined;
  const { columns, among } = restriction;
  if (columns.length === 0) return 'false';
  const numbers = `${bind(among)}::bigint[]`;
  const named = columns.map((column) => {
    const { type } = typeof view.columns[column] === 'object' ? view.columns[column] : { type: view.columns[column] };
    return type === 'bigint[]' ? `${place(column)} && ${numbers}` : `${place(column)} = ANY(${numbers})`;
  });
  return `(${named.join(' OR ')})`;
}

/** Numbers are safe in SQL: they are the caller's own and his sites'. */
const written: Bind = (value) => `'{${(value as readonly number[]).map(Number).join(',')}}'`;

/** A column by which rows are found: the number of a record that whoever asks does not see is none. */
export function seenSql(view: View, { names, column }: ListAttribute, attribute: string): string {
  const sql = columnSql(view, column ?? attribute);
  const named = names && restrictionBy(names().rows) && names();
  return named ? `(${seenIdSql(named, sql)})` : sql;
}

/** SQL of the number that `id` is, if whoever asks sees the record of it. */
export function seenIdSql(restricted: Restricted, id: string): string {
  const condition = seenCondition(restricted);
  const { view } = restricted;
  // Under a name that stands nowhere else, for `id` may be a column of what is around it.
  return `SELECT seen.seen_id FROM (SELECT ${columnSql(view, 'id')} AS seen_id FROM ${rowsOf(view)} WHERE ${condition}) seen WHERE seen.seen_id = ${id}`;
}

/** SQL of a column of the rows that whoever asks sees, where there is something in it. */
export function seenValuesSql(restricted: Restricted, column: string, unlessNull = column): string {
  const { view } = restricted;
  return `SELECT ${columnSql(view, column)} FROM ${rowsOf(view)} WHERE ${columnSql(view, unlessNull)} IS NOT NULL AND ${seenCondition(restricted)}`;
}

const seenCondition = ({ view, rows }: Restricted): string =>
  restrictedSql({ view, rows }, (name) => columnSql(view, name), written) ?? 'true';

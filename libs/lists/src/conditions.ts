import type { AttributeType } from '#millwright/fields';
import { folded, inOrder } from './language.js';
import type { Filter } from './list-query.js';

/** Hands a value to the statement and answers its placeholder. */
export type Bind = (value: unknown) => string;

const sqlTypes: Readonly<Record<AttributeType, string>> = {
  text: 'text',
  integer: 'integer',
  decimal: 'numeric',
  flag: 'boolean',
  date: 'date',
  instant: 'timestamptz',
  id: 'bigint',
  ids: 'bigint',
};

export const sqlTypeOf = (type: AttributeType): string => sqlTypes[type];

/** A filter as SQL over a column. Rows without a value are "not equal" and "not in" like any other that differs. */
export function conditionOf({ matcher, values }: Filter, column: string, type: AttributeType, bind: Bind): string {
  const [first] = values;
  const one = (): string => `${bind(first)}::${sqlTypes[type]}`;
  const list = (): string => `${bind([...values])}::${sqlTypes[type]}[]`;
  const sought = (): string => folded(`${bind(first)}::text`);
  /** Texts are equal that have the same bytes, in any order; an index that is in the order of lists is found only by that order's name. */
  const compared = type === 'text' ? inOrder(column) : column;
  if (type === 'ids') return idsCondition(matcher, column, list);
  switch (matcher) {
    case 'eq':
      return type === 'text' ? `${compared} = ANY(${list()})` : `${column} = ${one()}`;
    case 'not_eq':
      return type === 'text' ? `(${column} = ANY(${list()})) IS NOT TRUE` : `${column} IS DISTINCT FROM ${one()}`;
    case 'in':
      return `${compared} = ANY(${list()})`;
    case 'not_in':
      return `(${column} = ANY(${list()})) IS NOT TRUE`;
    case 'cont':
    case 'i_cont':
      return `strpos(${folded(column)}, ${sought()}) > 0`;
    case 'not_cont':
      return `(strpos(${folded(column)}, ${sought()}) > 0) IS NOT TRUE`;
    case 'start':
      return `starts_with(${folded(column)}, ${sought()})`;
    case 'end':
      return `starts_with(reverse(${folded(column)}), reverse(${sought()}))`;
    case 'gt':
      return `${column} > ${one()}`;
    case 'gteq':
      return `${column} >= ${one()}`;
    case 'lt':
      return `${column} < ${one()}`;
    case 'lteq':
      return `${column} <= ${one()}`;
    case 'present':
      return type === 'text' ? `${column} <> ''` : `${column} IS NOT NULL`;
    case 'blank':
      return type === 'text' ? `(${column} = '') IS NOT FALSE` : `${column} IS NULL`;
    case 'null':
      return `${column} IS NULL`;
    case 'not_null':
      return `${column} IS NOT NULL`;
    case 'true':
      return `${column} IS TRUE`;
    case 'false':
      return `${column} IS FALSE`;
  }
}

/** A list of ids equals what it contains: `technicians_ids_eq=3` finds every row that has 3 among others. */
function idsCondition(matcher: Filter['matcher'], column: string, list: () => string): string {
  switch (matcher) {
    case 'eq':
    case 'in':
      return `${column} && ${list()}`;
    case 'not_eq':
    case 'not_in':
      return `(${column} && ${list()}) IS NOT TRUE`;
    case 'present':
    case 'not_null':
      return `cardinality(${column}) > 0`;
    default:
      return `coalesce(cardinality(${column}), 0) = 0`;
  }
}

import { canonicalDecimal, decimalProblem } from '#millwright/quantities';
import { instantFrom, instantProblem, isStorable, plainDateProblem, type AttributeType } from '#millwright/fields';

/** A value of a query in the spelling the database takes; undefined where it is none of that type. */
export function attributeValue(type: AttributeType, text: string): string | undefined {
  switch (type) {
    case 'text':
      return isStorable(text) ? text : undefined;
    case 'integer':
      return /^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) <= 2_147_483_647 ? text : undefined;
    case 'id':
    case 'ids':
      return /^\d{1,18}$/.test(text) ? text : undefined;
    case 'decimal':
      return decimalOf(text);
    case 'flag':
      return text === 'true' || text === 'false' ? text : undefined;
    case 'date':
      return plainDateProblem(text) ? undefined : text;
    case 'instant':
      return instantOf(text);
  }
}

export const valueMeanings: Readonly<Record<AttributeType, string>> = {
  text: 'must be text without NUL or unpaired surrogates',
  integer: 'must be an integer',
  id: 'must be an id',
  ids: 'must be an id',
  decimal: 'must be a decimal number',
  flag: 'must be true or false',
  date: 'must be a calendar date like 2026-01-31',
  instant: 'must be an instant like 2026-01-31T08:00:00Z, or a date',
};

function decimalOf(text: string): string | undefined {
  const value = canonicalDecimal(text);
  return typeof value === 'string' && !decimalProblem(value, { places: 6 }) ? value : undefined;
}

/** A plain date stands for its first instant in UTC. */
function instantOf(text: string): string | undefined {
  const value = instantFrom(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  return typeof value === 'string' && !instantProblem(value) ? value : undefined;
}

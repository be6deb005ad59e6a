import { Int } from '@nestjs/graphql';
import type { Problem } from '../field-definition.js';
import { inputField, type FieldOptions } from '../kind.js';

type Bounds = Readonly<{ atLeast: number; atMost: number }>;

function integersProblem(value: unknown, { atLeast, atMost }: Bounds): Problem | undefined {
  if (!Array.isArray(value)) return { code: 'not_a_list', message: 'must be a list of whole numbers' };
  if (!value.every((number) => Number.isSafeInteger(number))) return { code: 'not_an_integer', message: 'must contain whole numbers only' };
  return (value as readonly number[]).every((number) => number >= atLeast && number <= atMost)
    ? undefined
    : { code: 'out_of_range', message: `must contain numbers between ${atLeast} and ${atMost} only` };
}

/** Some of a few whole numbers, each once, in the order they came. Codes: not_a_list, not_an_integer, out_of_range. */
export const Integers = ({ atLeast, atMost, ...options }: FieldOptions & Bounds): PropertyDecorator =>
  inputField(
    {
      column: 'jsonb',
      initial: [],
      convert: (value) => (Array.isArray(value) ? [...new Set<unknown>(value)] : value),
      check: (value) => integersProblem(value, { atLeast, atMost }),
      graphql: () => [Int],
      openApi: { type: 'array', items: { type: 'integer', minimum: atLeast, maximum: atMost } },
    },
    options,
  );

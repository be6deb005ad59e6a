import { Float, Int } from '@nestjs/graphql';
import { inputField, shownField, type FieldKind, type FieldOptions, type ShownOptions } from '../kind.js';

const largest = 2_147_483_647;

const integerOf = (atLeast: number, atMost: number): FieldKind => ({
  column: 'integer',
  attribute: 'integer',
  check(value) {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return { code: 'not_an_integer', message: 'must be an integer' };
    return value < atLeast || value > atMost ? { code: 'out_of_range', message: `must be between ${atLeast} and ${atMost}` } : undefined;
  },
  // An integer beyond GraphQL's Int, or 1.5, must reach our check and not the schema's, so that both edges answer alike.
  graphql: () => (atMost > largest ? Float : Int),
  openApi: { type: 'integer', minimum: atLeast, maximum: atMost },
});

/** A whole number, by default 0 to 2,147,483,647. Codes: not_an_integer, out_of_range. */
export const Integer = ({
  atLeast = 0,
  atMost = largest,
  ...options
}: FieldOptions & Readonly<{ atLeast?: number; atMost?: number }> = {}): PropertyDecorator =>
  inputField(integerOf(atLeast, atMost), options);

export const ShownInteger = (options?: ShownOptions): PropertyDecorator =>
  shownField({ ...integerOf(0, largest), openApiShown: { type: 'integer' } }, options);

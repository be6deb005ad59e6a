import type { Choices } from '../choices.js';
import type { Problem } from '../field-definition.js';
import { inputField, shownField, type FieldKind, type FieldOptions, type ShownOptions } from '../kind.js';

export const choiceProblem = (value: unknown, words: readonly string[]): Problem | undefined =>
  typeof value === 'string' && words.includes(value) ? undefined : { code: 'not_a_choice', message: `must be one of: ${words.join(', ')}` };

const oneOf = (choices: Choices): FieldKind => ({
  column: 'text',
  attribute: 'text',
  choices,
  check: (value) => choiceProblem(value, choices.words),
  graphql: () => choices.graphql,
  openApi: { type: 'string', enum: [...choices.words] },
});

/** One of a fixed set of words. Code: not_a_choice. */
export const OneOf = (choices: Choices, options: FieldOptions): PropertyDecorator => inputField(oneOf(choices), options);

export const ShownOneOf = (choices: Choices, options: ShownOptions): PropertyDecorator => shownField(oneOf(choices), options);

import type { Problem } from '../field-definition.js';
import { inputField, shownField, type FieldKind, type FieldOptions, type ShownOptions } from '../kind.js';
import { canonicalText, isStorable } from './text.js';

type Limits = Readonly<{ least: number; most: number; max: number }>;

function textsProblem(value: unknown, { least, most, max }: Limits): Problem | undefined {
  if (!Array.isArray(value)) return { code: 'not_a_list', message: 'must be a list of texts' };
  if (value.length > most) return { code: 'too_many', message: `must not have more than ${most} entries` };
  if (value.length > 0 && value.length < least) return { code: 'too_few', message: `must have at least ${least} entries` };
  for (const text of value as readonly unknown[]) {
    if (typeof text !== 'string') return { code: 'not_text', message: 'must contain texts only' };
    if (!isStorable(text)) return { code: 'invalid_text', message: 'must not contain NUL or unpaired surrogates' };
    if (text === '') return { code: 'required', message: 'must not contain an empty text' };
    if ([...text].length > max) return { code: 'too_long', message: `must not contain a text of more than ${max} characters` };
  }
  return new Set(value).size < value.length ? { code: 'not_unique', message: 'must not contain one text twice' } : undefined;
}

const textsOf = (limits: Limits): FieldKind => ({
  column: 'jsonb',
  initial: [],
  convert: (value) =>
    Array.isArray(value) ? value.map((text: unknown) => (typeof text === 'string' ? canonicalText(text) : text)) : value,
  check: (value) => textsProblem(value, limits),
  graphql: () => [String],
  openApi: { type: 'array', items: { type: 'string', minLength: 1, maxLength: limits.max }, maxItems: limits.most, uniqueItems: true },
  openApiShown: { type: 'array', items: { type: 'string' } },
});

/**
 * What several things are called, each once, as a `Name` is: none, or at least `least` (default 1) and at most `most`.
 * Codes: not_a_list, too_many, too_few, not_text, invalid_text, required, too_long, not_unique.
 */
export const Texts = ({ least = 1, most = 100, max = 255, ...options }: FieldOptions & Partial<Limits> = {}): PropertyDecorator =>
  inputField(textsOf({ least, most, max }), options);

export const ShownTexts = (options?: ShownOptions): PropertyDecorator => shownField(textsOf({ least: 0, most: 0, max: 0 }), options);

import type { FieldKind } from '../kind.js';
import { inputField, shownField, type FieldOptions, type ShownOptions } from '../kind.js';
import type { Problem } from '../field-definition.js';

// NUL cannot be stored in PostgreSQL, and a lone surrogate has no UTF-8: both would be lost or altered, so both are refused.
const unstorable = /\0|\p{Surrogate}/u;

export const isStorable = (text: string): boolean => !unstorable.test(text);

/** What something is called or known by: without blanks around it and composed (NFC), so that what looks alike is alike. */
export const canonicalText = (text: string): string => text.normalize('NFC').trim();

/** The canonical form of a text; anything else as it came. */
const canonicalFrom = (value: unknown): unknown => (typeof value === 'string' ? canonicalText(value) : value);

/** Characters are code points, as in JSON Schema's maxLength. */
/** An entry of the history takes 65,535 bytes: what one text may take of them, in UTF-8. */
const mostBytes = 40_000;

const isTooLarge = (text: string): boolean => text.length * 3 > mostBytes && Buffer.byteLength(text) > mostBytes;

const isLonger = (text: string, max: number): boolean => text.length > max && [...text].length > max;

/** What is wrong with a text: at most `max` code points, 40,000 bytes in UTF-8. */
export function textProblem(value: unknown, { max, required }: { max: number; required: boolean }): Problem | undefined {
  if (typeof value !== 'string') return { code: 'not_text', message: 'must be text' };
  if (!isStorable(value)) return { code: 'invalid_text', message: 'must not contain NUL or unpaired surrogates' };
  if (required && value.trim() === '') return { code: 'required', message: 'must not be empty' };
  if (isLonger(value, max)) return { code: 'too_long', message: `must not be longer than ${max} characters` };
  return isTooLarge(value) ? { code: 'too_long', message: `must not be longer than ${mostBytes} bytes in UTF-8` } : undefined;
}

const textOf = ({ max, required = false, blank }: Readonly<{ max: number }> & Pick<TextOptions, 'required' | 'blank'>): FieldKind => ({
  column: 'text',
  attribute: 'text',
  ...(max > 0 && { most: max }),
  check: (value) => textProblem(value, { max, required: required || blank === 'refused' }),
  graphql: () => String,
  openApi: { type: 'string', maxLength: max },
  openApiShown: { type: 'string', maxLength: max },
});

type TextOptions = FieldOptions &
  Readonly<{
    max?: number;
    /** Whether one that may be null takes blank text for a value of its own; a required one never does. */
    blank?: 'refused';
  }>;

/** Text of at most `max` characters (default 255), stored byte for byte. Codes: not_text, invalid_text, too_long, required. */
export const Text = ({ max = 255, blank, ...options }: TextOptions = {}): PropertyDecorator =>
  inputField(textOf({ max, blank, required: options.required }), options);

/**
 * What something is called, at most `max` characters (default 255): stored without blanks around it and in Unicode's composed form (NFC).
 * Codes: as `Text`.
 */
export const Name = ({ max = 255, blank, ...options }: TextOptions = {}): PropertyDecorator =>
  inputField({ ...textOf({ max, blank, required: options.required }), convert: canonicalFrom }, options);

/**
 * What importers and integrations find their own record by: unique for a resource and site (409 DUPLICATE_REFERENCE), canonical as a name is;
 * null takes it away. Codes: as `Text`, and required where it is empty.
 */
export const ExternalReference = ({ personal }: Pick<FieldOptions, 'personal'> = {}): PropertyDecorator =>
  inputField(
    { ...textOf({ max: 255, blank: 'refused' }), convert: canonicalFrom, openApi: { type: 'string', minLength: 1, maxLength: 255 }, openApiShown: { type: 'string' } },
    { description: 'Your own key of this record, unique for the resource and site.', example: 'erp-4711', personal },
  ); // prettier-ignore

export const ShownText = (options?: ShownOptions): PropertyDecorator => shownField({ ...textOf({ max: 0 }), openApiShown: { type: 'string' } }, options); // prettier-ignore

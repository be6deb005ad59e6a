import { InexactNumber } from './inexact-number.js';

/** Why a value is no decimal the product can take. The codes are detail codes of VALIDATION_FAILED. */
export type DecimalProblem = Readonly<{ code: 'not_a_number' | 'too_many_digits' | 'too_many_decimals' | 'out_of_range'; message: string }>;

/** Bounds of a decimal field, as canonical decimals. */
export type DecimalBounds = Readonly<{ places: number; atLeast?: string; moreThan?: string; atMost?: string; notZero?: boolean }>;

const written = /^(-?)(\d+)(?:\.(\d+))?$/;
const significantDigits = 15;

/**
 * A JSON number or a string like "12.50" as canonical decimal text ("12.5"); anything else is returned as it came, for `decimalProblem` to name.
 * Number tokens may have exponents; strings may not.
 */
export function canonicalDecimal(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? canonical(expand(String(value))) : value;
  return typeof value === 'string' && written.test(value) ? canonical(value) : value;
}

/** What is wrong with a value that `canonicalDecimal` has seen, or undefined. */
export function decimalProblem(value: unknown, bounds: DecimalBounds): DecimalProblem | undefined {
  if (value instanceof InexactNumber) return inexact(value);
  const parts = typeof value === 'string' ? written.exec(value) : null;
  if (!parts) return { code: 'not_a_number', message: 'must be a decimal number' };
  const [, , whole = '', decimals = ''] = parts;
  if ((whole + decimals).replace(/^0+/, '').length > significantDigits)
    return { code: 'too_many_digits', message: `must not have more than ${significantDigits} significant digits` };
  if (decimals.length > bounds.places) return { code: 'too_many_decimals', message: `must not have more than ${bounds.places} decimals` };
  return outOfRange(parts[0], bounds);
}

function inexact({ text }: InexactNumber): DecimalProblem {
  if (/e\+?\d{3,}$/i.test(text)) return { code: 'out_of_range', message: 'is too large' };
  return { code: 'too_many_digits', message: `must not have more than ${significantDigits} significant digits` };
}

function outOfRange(text: string, { atLeast, moreThan, atMost, notZero }: DecimalBounds): DecimalProblem | undefined {
  const problem = (message: string): DecimalProblem => ({ code: 'out_of_range', message });
  if (moreThan !== undefined && compareDecimals(text, moreThan) <= 0) return problem(`must be more than ${moreThan}`);
  if (atLeast !== undefined && compareDecimals(text, atLeast) < 0) return problem(`must be at least ${atLeast}`);
  if (atMost !== undefined && compareDecimals(text, atMost) > 0) return problem(`must be at most ${atMost}`);
  if (notZero && text === '0') return problem('must not be zero');
  return undefined;
}

/** Compares two canonical decimals exactly: negative, zero or positive. */
function compareDecimals(left: string, right: string): number {
  const places = Math.max(decimalsOf(left), decimalsOf(right));
  const difference = scaled(left, places) - scaled(right, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const decimalsOf = (text: string): number => text.split('.')[1]?.length ?? 0;

function scaled(text: string, places: number): bigint {
  const [whole = '0', decimals = ''] = text.split('.');
  return BigInt(whole + decimals.padEnd(places, '0'));
}

function canonical(text: string): string {
  const [, sign = '', whole = '0', decimals = ''] = written.exec(text) ?? [];
  const digits = whole.replace(/^0+(?=\d)/, '');
  const rest = decimals.replace(/0+$/, '');
  const unsigned = rest ? `${digits}.${rest}` : digits;
  return unsigned === '0' ? '0' : sign + unsigned;
}

/** "1e-7" → "0.0000001": JavaScript prints small and large numbers with an exponent. */
function expand(text: string): string {
  const [, sign = '', whole = '', decimals = '', power] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? [];
  if (power === undefined) return text;
  const point = whole.length + Number(power);
  const digits = whole + decimals;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, '0');
  return padded.length > point ? `${sign}${padded.slice(0, point)}.${padded.slice(point)}` : sign + padded;
}

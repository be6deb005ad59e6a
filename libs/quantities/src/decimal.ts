/**
 * An exact decimal as canonical text: no exponent, no `+`, no leading or trailing zeros, never "-0".
 * The one spelling of a number in events and rows; JSON numbers exist only at the edges.
 * @pattern ^(0|-?[1-9]\d*(\.\d*[1-9])?|-?0\.\d*[1-9])$
 */
export type Decimal = string;

/**
 * A decimal as a whole number of its smallest steps: `scaled('12.5', 3)` is 12500n.
 * Exact or not at all: more decimals than the scale are a fault of the caller, who has validated them at the edge.
 */
export function scaled(decimal: Decimal, scale: number): bigint {
  if (decimal === '0') return 0n;
  const point = decimal.indexOf('.');
  if (point < 0) return BigInt(decimal + zeros(scale));
  const missing = scale - (decimal.length - point - 1);
  if (missing < 0) throw new RangeError(`${decimal} has more than ${scale} decimals`);
  return BigInt(decimal.slice(0, point) + decimal.slice(point + 1) + zeros(missing));
}

/** Appending zeros to the text is several times faster than multiplying by a power of ten. */
const zeros = (count: number): string => '0'.repeat(count);

/** The canonical text of a whole number of steps: `unscaled(12500n, 3)` is "12.5". */
export function unscaled(steps: bigint, scale: number): Decimal {
  const digits = (steps < 0n ? -steps : steps).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const decimals = digits.slice(digits.length - scale).replace(/0+$/, '');
  const text = decimals ? `${whole}.${decimals}` : whole;
  return steps < 0n ? `-${text}` : text;
}

/** How many decimals a canonical decimal has. */
export function decimalPlaces(decimal: Decimal): number {
  const point = decimal.indexOf('.');
  return point < 0 ? 0 : decimal.length - point - 1;
}

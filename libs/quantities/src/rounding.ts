/** Divides and rounds to the nearest whole number, a half away from zero: 5/2 → 3, −5/2 → −3. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  if (divisor === 0n) throw new RangeError('division by zero');
  const negative = dividend < 0n !== divisor < 0n;
  const numerator = dividend < 0n ? -dividend : dividend;
  const denominator = divisor < 0n ? -divisor : divisor;
  const quotient = (numerator * 2n + denominator) / (denominator * 2n);
  return negative ? -quotient : quotient;
}

/** The nearest multiple of `step`, a half away from zero. */
export const roundTo = (amount: bigint, step: bigint): bigint => divideHalfUp(amount, step) * step;

export const absolute = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

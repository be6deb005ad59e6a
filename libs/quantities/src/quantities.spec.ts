import fc from 'fast-check';
import {
  absolute,
  canonicalDecimal,
  costDecimals,
  decimalPlaces,
  decimalProblem,
  divideHalfUp,
  largestQuantity,
  largestValue,
  minorUnitOf,
  roundTo,
  roundToCurrency,
  scaled,
  showQuantity,
  showValue,
  toQuantity,
  toValue,
  unscaled,
} from './index.js';

const anyNumber = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
const canonical = /^(0|-?[1-9]\d*(\.\d*[1-9])?|-?0\.\d*[1-9])$/;

describe('decimals', () => {
  it.each([
    ['12.5', 12_500n],
    ['0.001', 1n],
    ['-0.75', -750n],
    ['0', 0n],
    ['999999999.999', 999_999_999_999n],
    ['-3', -3_000n],
  ])('%s is that many thousandths', (text, thousandths) => {
    expect(toQuantity(text)).toBe(thousandths);
    expect(showQuantity(thousandths)).toBe(text);
  });

  it('come back from any whole number of steps, in canonical text', () =>
    fc.assert(
      fc.property(anyNumber, fc.integer({ min: 0, max: 9 }), (steps, scale) => {
        const text = unscaled(steps, scale);
        expect(text).toMatch(canonical);
        expect(scaled(text, scale)).toBe(steps);
        expect(decimalPlaces(text)).toBeLessThanOrEqual(scale);
      }),
    ));

  it('are read from any number or text without losing a digit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = String(canonicalDecimal(number));
        expect(text).toMatch(canonical);
        expect(Object.is(Number(text), number === 0 ? 0 : number)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(anyNumber, fc.integer({ min: 0, max: 9 }), fc.nat(5), (steps, scale, zeros) => {
        const text = unscaled(steps, scale);
        const padded = text.replace('-', `-${'0'.repeat(zeros)}`) + (text.includes('.') ? '0'.repeat(zeros) : '');
        expect(canonicalDecimal(padded)).toBe(text);
      }),
    );
  });

  it('are never rounded on the way in', () => {
    expect(() => toQuantity('1.0005')).toThrow(RangeError);
    expect(() => toValue('0.0000001')).toThrow(RangeError);
  });

  it('have as many places as they show', () => expect(['12', '12.5', '-0.001'].map(decimalPlaces)).toEqual([0, 1, 3]));
});

describe('dividing', () => {
  it.each([
    [5n, 2n, 3n],
    [-5n, 2n, -3n],
    [5n, -2n, -3n],
    [4n, 3n, 1n],
    [-4n, 3n, -1n],
    [1n, 2n, 1n],
    [1n, 3n, 0n],
    [0n, 7n, 0n],
  ])('%d by %d rounds to the nearest, a half away from zero', (dividend, divisor, quotient) =>
    expect(divideHalfUp(dividend, divisor)).toBe(quotient),
  );

  it('is never off by more than a half, and symmetric', () =>
    fc.assert(
      fc.property(
        anyNumber,
        anyNumber.filter((divisor) => divisor !== 0n),
        (dividend, divisor) => {
          const quotient = divideHalfUp(dividend, divisor);
          expect(2n * absolute(dividend - quotient * divisor) <= absolute(divisor)).toBe(true);
          expect(divideHalfUp(-dividend, divisor)).toBe(-quotient);
        },
      ),
    ));

  it('refuses to divide by nothing', () => expect(() => divideHalfUp(1n, 0n)).toThrow(RangeError));

  it('rounds to the nearest step', () => expect([roundTo(15n, 10n), roundTo(-15n, 10n), roundTo(14n, 10n)]).toEqual([20n, -20n, 10n]));
});

describe('currencies', () => {
  it.each([
    ['USD', 2, '1.01', 2],
    ['JPY', 0, '1', 2],
    ['KWD', 3, '1.006', 3],
    ['CLF', 4, '1.0056', 4],
  ])('%s has %d decimals', (currency, decimals, rounded, ofACost) => {
    expect(minorUnitOf(currency)).toBe(decimals);
    expect(showValue(roundToCurrency(toValue('1.0056'), currency))).toBe(rounded);
    expect(costDecimals(currency)).toBe(ofACost);
  });

  it('round a half away from zero', () => {
    expect(showValue(roundToCurrency(toValue('-49.956655'), 'USD'))).toBe('-49.96');
    expect(showValue(roundToCurrency(toValue('0.005'), 'USD'))).toBe('0.01');
    expect(showValue(roundToCurrency(toValue('-0.5'), 'JPY'))).toBe('-1');
  });
});

it('the limits are those of the costing rules', () =>
  expect([showQuantity(largestQuantity), showValue(largestValue)]).toEqual(['999999999.999', '9999999999.99']));

it('a decimal that must be more than something is told so, however little it is', () => {
  const bounds = { places: 4, atLeast: '0', moreThan: '0' };
  for (const value of ['-1', '0']) expect(decimalProblem(value, bounds)?.message).toBe('must be more than 0');
  expect(decimalProblem('0.0001', bounds)).toBeUndefined();
});

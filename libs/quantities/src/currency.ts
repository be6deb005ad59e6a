import { roundTo } from './rounding.js';

const minorUnits = new Map<string, number>();

/** How many decimals the currency's minor unit has (ISO 4217): 2 for USD, 0 for JPY, 3 for KWD. */
export function minorUnitOf(currency: string): number {
  const known = minorUnits.get(currency);
  if (known !== undefined) return known;
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  minorUnits.set(currency, maximumFractionDigits);
  return maximumFractionDigits;
}

/** An amount in millionths as finance sees it: rounded to the currency's minor unit, a half away from zero; still in millionths. */
export const roundToCurrency = (millionths: bigint, currency: string): bigint =>
  roundTo(millionths, 10n ** BigInt(6 - minorUnitOf(currency)));

/** How many decimals the cost of one unit may have in this currency. */
export const costDecimals = (currency: string): number => Math.max(2, minorUnitOf(currency));

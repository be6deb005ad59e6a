import { scaled, unscaled, type Decimal } from './decimal.js';

const quantityDecimals = 3;
const valueDecimals = 6;

/** A quantity in thousandths. */
export const toQuantity = (decimal: Decimal): bigint => scaled(decimal, quantityDecimals);
export const showQuantity = (thousandths: bigint): Decimal => unscaled(thousandths, quantityDecimals);

/** An amount of money in millionths, the precision that every value has inside. */
export const toValue = (decimal: Decimal): bigint => scaled(decimal, valueDecimals);
export const showValue = (millionths: bigint): Decimal => unscaled(millionths, valueDecimals);

/** One whole piece, in thousandths. */
export const oneUnit = 10n ** BigInt(quantityDecimals);

/** The limits of costing.md: of a quantity (thousandths), of a cost for one unit and of a stock value or charge (millionths). */
export const largestQuantity = toQuantity('999999999.999');
export const largestCost = toValue('999999999.99');
export const largestValue = toValue('9999999999.99');

import { entityIfAny } from '#millwright/access';
import { costDecimals } from '#millwright/quantities';

/** How many decimals an amount may have: the minor unit of the site's currency, at least 2 (costing.md, "Limits"). */
export function moneyPlaces(): number {
  const currency = entityIfAny()?.currency;
  return currency === undefined ? 2 : costDecimals(currency);
}

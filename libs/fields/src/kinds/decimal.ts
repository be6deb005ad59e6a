import { canonicalDecimal, decimalProblem, DecimalScalar, printed, type DecimalBounds } from '#millwright/quantities';
import type { Problem } from '../field-definition.js';
import { inputField, shownField, type FieldKind, type FieldOptions, type ShownOptions } from '../kind.js';
import { moneyPlaces } from '../money-places.js';

/** What does not depend on the site's currency, for the OpenAPI document. */
const documentedBounds = ({ atLeast, moreThan, atMost }: Partial<DecimalBounds>): Record<string, number> => ({
  ...(moreThan === undefined ? atLeast !== undefined && { minimum: Number(atLeast) } : { exclusiveMinimum: Number(moreThan) }),
  ...(atMost !== undefined && { maximum: Number(atMost) }),
});

/** A decimal as text: no exponent, no plus, and with `places` no digit but 0 behind them. */
function decimalPattern({ atLeast, moreThan, places }: Partial<DecimalBounds>): string {
  const sign = [atLeast, moreThan].some((bound) => bound !== undefined && Number(bound) >= 0) ? '' : '-?';
  const decimals = places === undefined ? '\\d+' : `\\d{1,${places}}0*`;
  return `^${sign}\\d+(\\.${decimals})?$`;
}

const decimalOf = (bounds: () => DecimalBounds, documented: Partial<DecimalBounds>): FieldKind => ({
  column: 'numeric',
  attribute: 'decimal',
  convert: canonicalDecimal,
  check: (value) => decimalProblem(value, bounds()),
  graphql: () => DecimalScalar,
  openApi: {
    oneOf: [
      { type: 'number', ...documentedBounds(documented) },
      { type: 'string', format: 'decimal', pattern: decimalPattern(documented) },
    ],
  },
  openApiShown: { type: 'number' },
  print: (value) => printed(value as string | null),
});

const money = (kind: FieldKind): FieldKind => ({ ...kind, seenWith: 'costs:read' });

/** What a field is, and what it is counted in. */
const said = ({ description, ...options }: FieldOptions, unit: string): FieldOptions => ({
  ...options,
  description: description === undefined ? unit : `${description} ${unit}`,
});

type Bounds = Pick<DecimalBounds, 'atLeast' | 'moreThan' | 'atMost' | 'notZero'>;

/** A quantity of at most 3 decimals (or `places`), up to 999,999,999.999 either way; a canonical decimal string inside. Codes: not_a_number, too_many_digits, too_many_decimals, out_of_range. */
export const Quantity = ({
  places = 3,
  atLeast = '-999999999.999',
  atMost = '999999999.999',
  moreThan,
  notZero,
  ...options
}: FieldOptions & Bounds & Readonly<{ places?: number }> = {}): PropertyDecorator => {
  const bounds = { places, atLeast, atMost, moreThan };
  return inputField(
    decimalOf(() => ({ ...bounds, notZero }), bounds),
    said(options, `Up to ${places} decimals.`),
  );
};

/**
 * An amount of the site's currency, 0 to 999,999,999.99 unless told otherwise, with its minor unit's decimals (at least 2); a change may say again what is
 * stored, whatever decimals that has. Codes as `Quantity`.
 */
export const Money = ({
  atLeast = '0',
  atMost = '999999999.99',
  moreThan,
  notZero,
  ...options
}: FieldOptions & Bounds = {}): PropertyDecorator => {
  const bounds = { atLeast, atMost, moreThan, notZero };
  const amount = decimalOf(() => ({ ...bounds, places: moneyPlaces() }), { atLeast, atMost, moreThan });
  // It may have been said at a site whose currency has more decimals, or when the currency was another.
  const checkUnchanged = (value: unknown): Problem | undefined => decimalProblem(value, { ...bounds, places: Number.POSITIVE_INFINITY });
  return inputField(money({ ...amount, checkUnchanged }), said(options, "In the site's currency, with its decimals (at least 2)."));
};

/** A time in hours with at most `places` decimals; a canonical decimal string inside. Codes as `Quantity`. */
export const Hours = ({
  places,
  atLeast = '0',
  atMost,
  moreThan,
  ...options
}: FieldOptions & Pick<DecimalBounds, 'places' | 'atLeast' | 'atMost' | 'moreThan'>): PropertyDecorator => {
  const bounds = { places, atLeast, atMost, moreThan };
  return inputField(
    decimalOf(() => bounds, bounds),
    said(options, `In hours, up to ${places} decimals.`),
  );
};

const shown = decimalOf(() => ({ places: 6 }), {});

/** A quantity that follows from events, up to 3 decimals; a canonical decimal string inside. */
export const ShownQuantity = (options?: ShownOptions): PropertyDecorator => shownField(shown, options);

/** An amount that follows from events, up to 6 decimals; a canonical decimal string inside. */
export const ShownMoney = (options?: ShownOptions): PropertyDecorator => shownField(money(shown), options);

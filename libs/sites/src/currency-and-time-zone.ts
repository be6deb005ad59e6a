import { DateTime, IANAZone } from 'luxon';
import type { DetailCode } from '#millwright/event-sourcing';
import { inputField, type FieldKind } from '#millwright/fields';

/** A word of a closed world: text that a check knows or does not know. Left out, a site has a default; it is never without one. */
const knownText = (
  kind: Pick<FieldKind, 'check' | 'convert'>,
  { description, example }: Readonly<{ description: string; example: string }>,
  print?: (value: string) => string,
): PropertyDecorator =>
  inputField(
    { column: 'text', attribute: 'text', graphql: () => String, openApi: { type: 'string' }, ...kind },
    { description, example },
    (name, { input, printed, output }) => ({
      input: { ...input, presence: 'not null' },
      printed: {
        ...printed,
        openApi: { type: 'string', ...(!print && { example }) },
        ...(print && { print: (row) => print(String(row[name])) }),
      },
      output: { ...output, nullable: true, ...(print && { resolve: (row) => print(String(row[name])) }) },
    }),
  );

const isKnown = (code: DetailCode, check: (value: string) => boolean, message: string): Pick<FieldKind, 'check'> => ({
  check: (value) => (typeof value === 'string' && check(value) ? undefined : { code, message }),
});

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** An ISO 4217 code. Codes: not_a_currency, required. */
export const Currency = ({ description }: Readonly<{ description: string }>): PropertyDecorator =>
  knownText(
    isKnown('not_a_currency', (value) => currencies.has(value), 'must be an ISO 4217 code like USD'),
    { description, example: 'USD' },
  );

/** Abbreviations that Node.js takes over from old Java beside the names of IANA: PostgreSQL knows them not at all, or as other places. */
const abbreviations = new Set(
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST US/PACIFIC-NEW'.split(' '),
);

// Offsets are no places: they know no summer time, so a name is asked for.
const namesPlace = (value: string): boolean =>
  /^[A-Za-z][A-Za-z0-9_+/-]{0,49}$/.test(value) && !abbreviations.has(value.toUpperCase()) && IANAZone.isValidZone(value);

/** The name in what `printedTimeZone` shows: whoever sends that back says the same zone, however its offset is by now. */
const zoneIn = (value: unknown): unknown => (typeof value === 'string' ? value.replace(/: [+-]\d\d:\d\d$/, '') : value);

/** An IANA name, alone or as it is shown. Codes: not_a_time_zone, required. */
export const TimeZone = ({ description }: Readonly<{ description: string }>): PropertyDecorator =>
  knownText(
    { ...isKnown('not_a_time_zone', namesPlace, 'must be an IANA time zone like Europe/Berlin'), convert: zoneIn },
    { description, example: 'Etc/UTC' },
    printedTimeZone,
  );

/** "Europe/Berlin: +02:00", with the offset of this moment. */
export const printedTimeZone = (timeZone: string): string => `${timeZone}: ${DateTime.now().setZone(timeZone).toFormat('ZZ')}`;

export function currencySymbol(currency: string): string {
  const parts = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).formatToParts(0);
  return parts.find(({ type }) => type === 'currency')?.value ?? currency;
}

const currencyNames = new Intl.DisplayNames('en', { type: 'currency' });

export const currencyName = (currency: string): string => currencyNames.of(currency) ?? currency;

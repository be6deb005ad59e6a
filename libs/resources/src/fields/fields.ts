import { Float, ID, InputType, Int } from '@nestjs/graphql';
import { canonicalDecimal, decimalProblem, DecimalScalar, type DecimalBounds } from '#millwright/quantities';
import * as checks from './checks.js';
import type { Choices } from './choices.js';
import { defineField, type Class, type FieldDefinition, type Problem } from './field-definition.js';
import { moneyPlaces } from './money-places.js';
import { spoken } from '../graphql/descriptions.js';
import { DateTimeScalar } from '../instants/index.js';

type Common = Readonly<{ required?: boolean; description?: string; example?: unknown }>;

/** Turns a definition without its name into a property decorator. */
const field =
  ({ required, description, example }: Common, definition: Omit<FieldDefinition, 'name' | 'presence' | 'description'>): PropertyDecorator =>
  (target, property) =>
    defineField(target.constructor as Class, {
      ...definition,
      name: String(property),
      presence: required ? 'required' : 'nullable',
      description,
      openApi: { ...definition.openApi, ...(example !== undefined && { example }) },
      openApiShown: definition.openApiShown && { ...definition.openApiShown, ...(example !== undefined && { example }) },
    });

/** Text of at most `max` characters (default 255), stored byte for byte. Codes: not_text, invalid_text, too_long, required. */
export const Text = ({ max = 255, ...common }: Common & { max?: number } = {}): PropertyDecorator =>
  field(common, {
    kind: 'text',
    check: (value) => checks.textProblem(value, { max, required: common.required ?? false }),
    column: 'text',
    graphql: () => String,
    openApi: { type: 'string', maxLength: max },
  });

/**
 * What something is called, at most `max` characters (default 255): stored without blanks around it and in Unicode's composed form (NFC).
 * Codes: as `Text`.
 */
export const Name = ({ max = 255, ...common }: Common & { max?: number } = {}): PropertyDecorator =>
  field(common, {
    kind: 'text',
    convert: checks.canonicalFrom,
    check: (value) => checks.textProblem(value, { max, required: common.required ?? false }),
    column: 'text',
    graphql: () => String,
    openApi: { type: 'string', maxLength: max },
  });

/** A whole number, by default 0 to 2,147,483,647. Codes: not_an_integer, out_of_range. */
export const Integer = ({
  atLeast = 0,
  atMost = 2_147_483_647,
  ...common
}: Common & { atLeast?: number; atMost?: number } = {}): PropertyDecorator =>
  field(common, {
    kind: 'integer',
    check: (value) => checks.integerProblem(value, { atLeast, atMost }),
    column: 'integer',
    // An integer beyond GraphQL's Int, or 1.5, must reach our check and not the schema's, so that both edges answer alike.
    graphql: () => (atMost > 2_147_483_647 ? Float : Int),
    openApi: { type: 'integer', minimum: atLeast, maximum: atMost },
  });

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

function decimalField(common: Common, bounds: () => DecimalBounds, documented: Partial<DecimalBounds>): PropertyDecorator {
  return field(common, {
    kind: 'decimal',
    convert: canonicalDecimal,
    check: (value) => decimalProblem(value, bounds()),
    column: 'numeric',
    graphql: () => DecimalScalar,
    openApi: {
      oneOf: [
        { type: 'number', ...documentedBounds(documented) },
        { type: 'string', format: 'decimal', pattern: decimalPattern(documented) },
      ],
    },
    openApiShown: { type: 'number' },
  });
}

/** What a field is, and what it is counted in. */
const said = ({ description, ...common }: Common, unit: string): Common => ({
  ...common,
  description: description === undefined ? unit : `${description} ${unit}`,
});

type Bounds = Pick<DecimalBounds, 'atLeast' | 'moreThan' | 'atMost' | 'notZero'>;

/** A quantity of at most 3 decimals, up to 999,999,999.999 either way; a canonical decimal string inside. Codes: not_a_number, too_many_digits, too_many_decimals, out_of_range. */
export const Quantity = ({
  atLeast = '-999999999.999',
  atMost = '999999999.999',
  moreThan,
  notZero,
  ...common
}: Common & Bounds = {}): PropertyDecorator =>
  decimalField(said(common, 'Up to 3 decimals.'), () => ({ places: 3, atLeast, atMost, moreThan, notZero }), {
    places: 3,
    atLeast,
    atMost,
    moreThan,
  });

/** An amount of the site's currency, 0 to 999,999,999.99 unless told otherwise, with its minor unit's decimals (at least 2). Codes as `Quantity`. */
export const Money = ({ atLeast = '0', atMost = '999999999.99', moreThan, notZero, ...common }: Common & Bounds = {}): PropertyDecorator =>
  decimalField(
    said(common, "In the site's currency, with its decimals (at least 2)."),
    () => ({ places: moneyPlaces(), atLeast, atMost, moreThan, notZero }),
    { atLeast, atMost, moreThan },
  );

/** true or false. Code: not_a_boolean. */
export const Flag = (common: Common = {}): PropertyDecorator =>
  field(common, {
    kind: 'flag',
    check: checks.flagProblem,
    column: 'boolean',
    graphql: () => Boolean,
    openApi: { type: 'boolean' },
  });

/** A calendar date like 2026-01-31, years 1900 to 2100. Codes: invalid_date, out_of_range. */
export const PlainDate = (common: Common = {}): PropertyDecorator =>
  field(common, {
    kind: 'date',
    check: checks.plainDateProblem,
    column: 'date',
    graphql: () => String,
    openApi: { type: 'string', format: 'date' },
  });

/** An RFC 3339 instant with an offset, years 1900 to 2100; UTC with milliseconds inside. Codes: invalid_date, out_of_range. */
export const Instant = (common: Common = {}): PropertyDecorator =>
  field(common, {
    kind: 'instant',
    convert: checks.instantFrom,
    check: checks.instantProblem,
    column: 'timestamptz',
    graphql: () => DateTimeScalar,
    openApi: { type: 'string', format: 'date-time' },
  });

/** One of a fixed set of words. Code: not_a_choice. */
export const OneOf = (choices: Choices, common: Common): PropertyDecorator =>
  field(common, {
    kind: 'choice',
    choices,
    check: (value) => checks.choiceProblem(value, choices.words),
    column: 'text',
    graphql: () => choices.graphql,
    openApi: { type: 'string', enum: [...choices.words] },
  });

/** The id of another record (`Reference('asset')`). Codes: not_an_id; not_found, archived once it is looked up. */
export const Reference = (
  target: string,
  { description = `The number of the ${spoken(target)}.`, ...common }: Common = {},
): PropertyDecorator =>
  field(
    { ...common, description },
    {
      kind: 'reference',
      target,
      convert: checks.idFrom,
      check: checks.idProblem,
      column: 'bigint',
      graphql: () => ID,
      openApi: { type: 'integer', minimum: 1, maximum: checks.largestId },
    },
  );

/** Ids of other records, each once. Codes: not_a_list, not_an_id, too_many; not_found, archived once they are looked up. */
export const References = (target: string, { max = 1000, ...common }: Common & { max?: number } = {}): PropertyDecorator =>
  field(common, {
    kind: 'references',
    target,
    convert: checks.idsFrom,
    check: (value) => checks.idsProblem(value, max),
    column: 'bigint[]',
    graphql: () => [ID],
    openApi: { type: 'array', items: { type: 'integer', minimum: 1, maximum: checks.largestId }, maxItems: max },
  });

/** A relation that a later version brings: documented, and refused unless null or empty. Code: not_available_yet. */
export const NotYet = ({ list = true, ...common }: Common & { list?: boolean } = {}): PropertyDecorator =>
  field(
    { ...common, description: common.description ?? 'Not available yet: must be null or empty.' },
    {
      kind: 'not yet',
      check: checks.notYetProblem,
      graphql: () => (list ? [ID] : ID),
      openApi: list ? { type: 'array', items: {} } : { type: 'integer' },
    },
  );

/** Swagger knows a class to be looked up later only by a function that is named `type`. */
const lazily = (nested: () => Class): { type: () => Class } => ({ type: () => nested() });

/**
 * A group of fields in an object of its own. Code: not_an_object, and those of its fields.
 * @public
 */
export const Nested = (type: () => Class, common: Common = {}): PropertyDecorator =>
  field(common, {
    kind: 'nested',
    nested: type,
    check: (value) =>
      typeof value === 'object' && !Array.isArray(value) ? undefined : { code: 'not_an_object', message: 'must be an object' },
    column: 'jsonb',
    graphql: type,
    openApi: lazily(type),
  });

/** A list of groups of fields. Codes: not_a_list, too_many, not_an_object, and those of its fields (named `items.0.text`). */
export const NestedList = (type: () => Class, { max = 500, ...common }: Common & { max?: number } = {}): PropertyDecorator =>
  field(common, {
    kind: 'nested list',
    nested: type,
    check: (value) => listProblem(value, max),
    column: 'jsonb',
    graphql: () => [type()],
    openApi: { ...lazily(type), isArray: true },
  });

function listProblem(value: unknown, max: number): Problem | undefined {
  if (!Array.isArray(value)) return { code: 'not_a_list', message: 'must be a list' };
  if (value.length > max) return { code: 'too_many', message: `must not have more than ${max} entries` };
  const objects = value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
  return objects ? undefined : { code: 'not_an_object', message: 'must contain objects only' };
}

/**
 * What importers and integrations find their own record by: unique for a resource and site (409 DUPLICATE_REFERENCE), canonical as a name is;
 * null takes it away. Codes: as `Text`, and required where it is empty.
 */
export const ExternalReference = (): PropertyDecorator =>
  field(
    { description: 'Your own key of this record, unique for the resource and site.', example: 'erp-4711' },
    {
      kind: 'text',
      convert: checks.canonicalFrom,
      check: (value) => checks.textProblem(value, { max: 255, required: true }),
      column: 'text',
      graphql: () => String,
      openApi: { type: 'string', minLength: 1, maxLength: 255 },
    },
  );

@InputType({ description: 'A QR code to attach, to generate, or to take away.' })
export class QrCodeAttributes {
  @Text({ max: 255, description: 'The text of a code that exists already.', example: 'guVT5ngMeZ9xPBIk8db4dCGXVU' }) value?: string | null;
  @Flag({ description: 'Makes a random code where no value is given.' }) generate_qr_code?: boolean | null;
  @Flag({ description: 'Takes the code away.' }) _destroy_qr_code?: boolean | null;
}

export const QrCode = (): PropertyDecorator =>
  Nested(() => QrCodeAttributes, { description: 'Its QR code: one to attach, to generate or to take away; left out, nothing changes.' });

import type { ColumnType, Row } from '#millwright/event-sourcing';
import {
  defineField,
  type AttributeType,
  type Class,
  type FieldDefinition,
  type FieldScope,
  type Form,
  type Problem,
  type Schema,
  type Uniqueness,
} from './field-definition.js';
import type { Related } from './bulk-read.js';
import type { Choices } from './choices.js';

/** What all fields of a kind have in common. */
export type FieldKind = Readonly<{
  column: ColumnType;
  /** How lists filter and sort by it; left out, they do not. */
  attribute?: AttributeType;
  /** How many characters its texts have at most, where that is known. */
  most?: number;
  choices?: Choices;
  seenWith?: FieldScope;
  /** What it is where nobody has said anything; left out, null. */
  initial?: unknown;
  check(value: unknown): Problem | undefined;
  /** Judges what may be the stored value said again, where that need not fit any more. */
  checkUnchanged?(value: unknown): Problem | undefined;
  convert?(value: unknown): unknown;
  /** The GraphQL type, of input and output. */
  graphql(): unknown;
  /** What requests hold. */
  openApi: Schema;
  /** What answers hold, where that is not what requests may hold. */
  openApiShown?: Schema;
  /** A stored value as REST prints it; left out, as it is stored. */
  print?(value: unknown): unknown;
}>;

/** What every field can be told. */
export type FieldOptions = Readonly<{
  required?: boolean;
  /** A required one may be left out where this field of the same input says something, from which it follows. */
  unless?: string;
  description?: string;
  example?: unknown;
  /** What a new one has where nothing is said, and what null means: it is never null then. */
  initial?: unknown;
  /** Answers of this form alone have it. */
  only?: Form;
  /** Whether lists filter and sort by it (default: where its kind can). */
  filtered?: boolean;
  /** Its values are about a person: they stay out of events, where they can be erased. */
  personal?: boolean;
  /** The right that shows it, where that is not the kind's. */
  seenWith?: FieldScope;
  /** The right that it takes to say something in it, beside that of the operation. */
  saidWith?: string;
  /** No two records may have it alike (not_unique); for texts of records without a decider of their own. */
  unique?: Uniqueness;
}>;

/** Facets that are no part of how a field looks; what is not said leaves what another description of the field says. */
const given = (
  facets: Readonly<{ personal?: boolean; seenWith?: FieldScope; saidWith?: string; unique?: Uniqueness }>,
): Pick<FieldDefinition, 'personal' | 'seenWith' | 'saidWith' | 'unique'> =>
  Object.fromEntries(Object.entries(facets).filter(([, value]) => value !== undefined));

type ShownFacets = Required<Pick<FieldDefinition, 'stored' | 'printed' | 'output'>>;
type Facets = ShownFacets & Required<Pick<FieldDefinition, 'input'>>;

/**
 * A field of a kind that requests say, and answers show as it is stored.
 * @param more facets that are other than the kind's
 */
export const inputField =
  (
    kind: FieldKind,
    { required, unless, description, example, initial, only, filtered, personal, unique, saidWith, seenWith = kind.seenWith }: FieldOptions,
    more?: (name: string, facets: Facets) => Partial<FieldDefinition>,
  ): PropertyDecorator =>
  (target, property) => {
    const name = String(property);
    const neverNull = required === true || initial !== undefined;
    const withExample = (schema: Schema): Schema => ({ ...schema, ...(example !== undefined && { example }) });
    const facets: Facets = {
      input: {
        presence: required ? 'required' : 'nullable',
        ...(unless !== undefined && { unless }),
        check: kind.check,
        checkUnchanged: kind.checkUnchanged,
        convert: kind.convert,
        graphql: kind.graphql,
        openApi: withExample(kind.openApi),
      },
      ...shownAsStored(kind, name, {
        neverNull,
        initial,
        only,
        filtered,
        seenWith,
        openApi: withExample(kind.openApiShown ?? kind.openApi),
      }),
    };
    defineField(target.constructor as Class, {
      name,
      description,
      ...given({ personal, seenWith, saidWith, unique }),
      ...facets,
      ...more?.(name, facets),
    });
  };

type Shown = Readonly<{ neverNull: boolean; initial?: unknown; only?: Form; filtered?: boolean; seenWith?: FieldScope; openApi: Schema }>;

function shownAsStored(
  kind: FieldKind,
  name: string,
  { neverNull, initial = kind.initial, only, filtered = true, seenWith, openApi }: Shown,
): ShownFacets {
  const { column: type, attribute, most, choices, print } = kind;
  // Whoever may not see it is shown null (contract, part 4, S33).
  const nullable = !neverNull || seenWith !== undefined;
  return {
    stored: { name, type, ...(filtered && { attribute }), most, choices, initial, neverNull },
    printed: {
      name,
      openApi: { ...openApi, ...(nullable && { nullable: true }) },
      only,
      print: print ? (row) => print(row[name] ?? null) : (row) => row[name] ?? null,
    },
    output: { name, type: kind.graphql, nullable },
  };
}

/** What a field can be told that is no input. */
export type ShownOptions = Readonly<{
  description?: string;
  example?: unknown;
  /** Never null. */
  always?: boolean;
  only?: Form;
  /** The right that shows it, where that is not the kind's. */
  seenWith?: FieldScope;
  /** The right that shows it of some rows, beside that. */
  seenWithOf?(row: Row): FieldScope | undefined;
  /** The paths in its value that whoever asks may not see, where that is a text that holds fields. */
  hiddenWithin?(row: Row): readonly string[];
  /** Left out: shown over both. */
  over?: 'rest' | 'graphql';
  /** What it is, from the row; left out, the column of its name. */
  of?(row: Row, related: Related): unknown;
  /** Whether there is a column of its name, which lists filter and sort by (default: where `of` is not given). */
  stored?: boolean;
  /** What a new one has, in a record without a decider of its own. */
  initial?: unknown;
}>;

/** A field of a kind that answers show and no request says. */
export const shownField =
  (
    kind: FieldKind,
    {
      description,
      example,
      always = false,
      only,
      over,
      of,
      stored = of === undefined,
      initial,
      seenWith = kind.seenWith,
      seenWithOf,
      hiddenWithin,
    }: ShownOptions = {},
  ): PropertyDecorator =>
  (target, property) => {
    const name = String(property);
    const openApi = { ...(kind.openApiShown ?? kind.openApi), ...(example !== undefined && { example }), ...(description !== undefined && { description }) }; // prettier-ignore
    const shown = shownAsStored(kind, name, { neverNull: always, initial, only, seenWith, openApi });
    const { print = (value: unknown) => value } = kind;
    defineField(target.constructor as Class, {
      name,
      description,
      ...given({ seenWith }),
      ...(seenWithOf && { seenWithOf }),
      ...(hiddenWithin && { hiddenWithin }),
      ...(stored && { stored: shown.stored }),
      ...(over !== 'graphql' && {
        printed: { ...shown.printed, ...(of && { print: (row: Row, related: Related) => print(of(row, related)) }) },
      }),
      ...(over !== 'rest' && { output: { ...shown.output, ...(of && { resolve: of }) } }),
    });
  };

import { ID } from '@nestjs/graphql';
import { whenKnown, type Row } from '#millwright/event-sourcing';
import { spoken } from '../graphql/descriptions.js';
import { RecordLabel } from '../graphql/record-label.js';
import { relationName } from '../names.js';
import type { Related } from '../bulk-read.js';
import {
  defineField,
  type Class,
  type Demand,
  type FieldDefinition,
  type Form,
  type Problem,
  type Schema,
  type StoredFacet,
} from '../field-definition.js';
import { knownKind, refersTo } from '../reference-kinds.js';
import { inputField, shownField, type FieldKind, type FieldOptions, type ShownOptions } from '../kind.js';

export const largestId = Number.MAX_SAFE_INTEGER;

/** An id that came as text (GraphQL's ID) as a number; anything else as it came. */
const idFrom = (value: unknown): unknown => (typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value);

const isId = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

export const idKind: FieldKind = {
  column: 'bigint',
  attribute: 'id',
  convert: idFrom,
  check: (value) => (isId(value) ? undefined : { code: 'not_an_id', message: 'must be a positive integer id' }),
  graphql: () => ID,
  openApi: { type: 'integer', minimum: 1, maximum: largestId },
  openApiShown: { type: 'integer' },
};

/** What becomes of an id that is named twice (default: it stands once). */
type Repeats = 'refused' | undefined;

function idsProblem(value: unknown, max: number): Problem | undefined {
  if (!Array.isArray(value)) return { code: 'not_a_list', message: 'must be a list of ids' };
  if (value.length > max) return { code: 'too_many', message: `must not have more than ${max} entries` };
  return value.every(isId) ? undefined : { code: 'not_an_id', message: 'must contain positive integer ids only' };
}

const repeated = (value: unknown): Problem | undefined =>
  Array.isArray(value) && new Set(value).size < value.length ? { code: 'not_unique', message: 'must not contain one id twice' } : undefined;

const ids = (max: number, repeats: Repeats): FieldKind => ({
  column: 'bigint[]',
  attribute: 'ids',
  initial: [],
  // In the order they came.
  convert(value) {
    if (!Array.isArray(value)) return value;
    const found = value.map(idFrom);
    return repeats === 'refused' ? found : [...new Set(found)];
  },
  check: (value) => idsProblem(value, max) ?? repeated(value),
  graphql: () => [ID],
  openApi: { type: 'array', items: idKind.openApi, maxItems: max },
});

/** What is shown of what an id is of: properties of it, or (left out) what its kind says. */
type Label = readonly string[] | undefined;

export type ReferenceOptions = FieldOptions &
  Readonly<{
    label?: Label;
    labelInRows?: Label;
    /** It is never null, though a request may leave it out. */
    always?: boolean;
    /** What it must be so that it can be named anew; what names it already may go on doing so. */
    demands?: Demand;
    /** Where it is kept, and what events call it, where its own name means something else there. */
    column?: string;
  }>;

/** What is shown of a kind. It may stand in a file that is loaded later, so what its properties are is asked when the document is made. */
function labelSchema(target: string, label: Label): Schema {
  const properties: Record<string, Schema> = { id: {}, name: { type: 'string' } };
  const id = (): Schema => ({ type: knownKind(target)?.standIns ? ['integer', 'null'] : 'integer' });
  Object.defineProperty(properties, 'id', { enumerable: true, get: id });
  for (const name of label ?? [])
    if (!(name in properties))
      Object.defineProperty(properties, name, { enumerable: true, get: () => knownKind(target)?.schemaOf?.(name) ?? {} });
  return { type: 'object', properties, ...(!label && { additionalProperties: true }) };
}

const outputType = (target: string): Class => knownKind(target)?.graphql?.() ?? RecordLabel;

/** Whose numbers they are, where the row alone does not say. */
type IdsOf = (row: Row, related: Related) => unknown;

type Relation = Readonly<{
  name: string;
  column?: string;
  target: string;
  label?: Label;
  labelInRows?: Label;
  only?: Form;
  always?: boolean;
  ids?: IdsOf;
}>;

/** How one resource that a row refers to is shown: `location_id` is the row's, `location` is shown. */
export function relationOf({
  name,
  column = name,
  target,
  label,
  labelInRows,
  only,
  always = false,
}: Relation): Pick<FieldDefinition, 'printed' | 'output'> {
  const columns = (form: Form): Label => (form === 'row' ? (labelInRows ?? label) : label);
  return {
    printed: {
      name: relationName(name),
      openApi: { ...labelSchema(target, label), ...(!always && { nullable: true }) },
      only,
      print: (row, related, _figures, form) => related.label(target, row[column], columns(form)),
    },
    output: {
      name: relationName(name),
      type: () => outputType(target),
      nullable: true,
      resolve: (row, related) => related.shown(target, row[column]),
    },
  };
}

function relationsOf({ name, target, label, only, ids = (row) => row[name] }: Relation): Pick<FieldDefinition, 'printed' | 'output'> {
  return {
    printed: {
      name: relationName(name),
      openApi: { type: 'array', items: labelSchema(target, label) },
      only,
      print: (row: Row, related: Related) => whenKnown(ids(row, related), (known) => related.labels(target, known, label)),
    },
    output: {
      name: relationName(name),
      type: () => [outputType(target)],
      nullable: false,
      resolve: async (row, related) => related.rowsIn(target, await ids(row, related)),
    },
  };
}

/** The id of another record (`Reference('asset')`). Codes: not_an_id; not_found, archived, not_assignable once it is looked up. */
export const Reference =
  (
    target: string,
    {
      description = `The number of the ${spoken(target)}.`,
      label,
      labelInRows,
      always,
      demands,
      column,
      ...options
    }: ReferenceOptions = {},
  ): PropertyDecorator =>
  (type, property) => {
    refersTo({ type: type.constructor as Class, field: String(property), kind: target, demands });
    inputField(idKind, { ...options, description }, (name, { stored }) => ({
      target,
      demands,
      stored: { ...stored, name: column ?? name },
      ...relationOf({ name, column, target, label, labelInRows, only: options.only, always }),
    }))(type, property);
  };

/** An id of what is no kind of record, so that nothing looks it up beside its operation (`IdOf('part_transaction')`). Code: not_an_id. */
export const IdOf = (what: string, options: FieldOptions = {}): PropertyDecorator =>
  inputField(idKind, { description: `The number of the ${spoken(what)}.`, ...options });

type ReferencesOptions = ReferenceOptions &
  Readonly<{
    max?: number;
    repeats?: Repeats;
    /** How they are shown, where that is not what they are of. */
    shown?: Pick<FieldDefinition, 'printed' | 'output'>;
    /** As in `FieldDefinition`. */
    ownedBy?: string;
    fromBothSides?: boolean;
    /** What is shown, where it is more than what the row says. */
    ids?: IdsOf;
  }>;

/** Ids of other records, each once. Codes: not_a_list, not_an_id, too_many, not_unique; not_found, archived, not_assignable once they are looked up. */
export const References =
  (
    target: string,
    { max = 1000, label, demands, repeats, shown, ownedBy, fromBothSides, ids: idsOf, ...options }: ReferencesOptions = {},
  ): PropertyDecorator =>
  (type, property) => {
    refersTo({ type: type.constructor as Class, field: String(property), kind: target, demands });
    const field = inputField(ids(max, repeats), options, (name) => ({
      target,
      demands,
      ...(ownedBy && { ownedBy }),
      ...(fromBothSides && { fromBothSides }),
      ...(shown ?? relationsOf({ name, target, label, only: options.only, ids: idsOf })),
    }));
    field(type, property);
  };

type ShownReferenceOptions = Readonly<{
  description?: string;
  /** Never null. */
  always?: boolean;
  /** Left out: shown over both. */
  over?: 'graphql';
  /** Over REST, too, what is shown is what the id is of; left out, REST shows the id, and GraphQL both. */
  label?: Label;
  /** Lists do not filter by it: they are of one already. */
  filtered?: boolean;
  /** The number alone, over both. */
  alone?: boolean;
}>;

/** An id of another resource that follows from events. */
export const ShownReference =
  (target: string, { description, always = false, over, label, alone, filtered = true }: ShownReferenceOptions = {}): PropertyDecorator =>
  (type, property) => {
    const name = String(property);
    refersTo({ type: type.constructor as Class, field: name, kind: target });
    const define = (field: FieldDefinition): void => defineField(type.constructor as Class, field);
    const { printed, output } = relationOf({ name, target, label, always });
    const stored: StoredFacet = { name, type: 'bigint', neverNull: always, ...(filtered && { attribute: 'id' }) };
    if (label) return void define({ name, description, mentions: target, stored, printed, output });
    define({
      name,
      description,
      stored,
      ...(over !== 'graphql' && {
        printed: {
          name,
          openApi: { type: 'integer', ...(!always && { nullable: true }) },
          print: (row, related) => related.shownId(target, row[name]),
        },
      }),
      output: {
        name,
        type: () => ID,
        nullable: !always,
        // What is shown beside it is looked up by the same resolver.
        ...(!alone && { resolve: (row: Row, related: Related) => related.shownId(target, row[name]) }),
      },
      mentions: target,
    });
    if (!alone) define({ name: relationName(name), description, output });
  };

/** The number of what is shown; with options, another one that refers to no kind of record. */
export const ShownId = (options: ShownOptions = { always: true }): PropertyDecorator => shownField(idKind, options);

/** The number that every resource has. */
export const idField: FieldDefinition = {
  name: 'id',
  stored: { name: 'id', type: 'bigint', attribute: 'id', neverNull: true },
  printed: { name: 'id', openApi: { type: 'integer' }, print: (row) => row['id'] },
  output: { name: 'id', type: () => ID, nullable: false },
};

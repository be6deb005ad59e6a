import { Extensions, Field } from '@nestjs/graphql';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import type { Child, ColumnType, Detail, DetailCode, Row } from '#millwright/event-sourcing';
import { inGraphqlWords } from './graphql/descriptions.js';
import { camelCase } from './names.js';
import type { Related } from './bulk-read.js';
import type { Choices } from './choices.js';

export type Class<T extends object = object> = new () => T;

/** JSON schema, as OpenAPI has it. */
export type Schema = Readonly<Record<string, unknown>>;

/** What is wrong with a value: a stable detail code and a sentence that goes on after the field's name. */
export type Problem = Readonly<{ code: DetailCode; message: string }>;

/** The right that shows what not everybody may see: money, what an hour of somebody costs, and how somebody is reached. */
export type FieldScope = 'costs:read' | 'rates:read' | 'people:read';

/** What a record must be so that another one may name it: its kind says what that means of it (`ReferenceKind.demands`). */
export type Demand = 'active' | 'assignable';

/** Among which records no two have a value alike, compared without case: those in use of one customer, or all that the installation ever had. */
export type Uniqueness = 'in use at a customer' | 'in the installation';

/** What requests say in a field, over REST and GraphQL. */
export type InputFacet = Readonly<{
  /**
   * Must be there and not null; `nullable` may be null or left out; a PATCH turns the first into "may be left out, but not null".
   * `refused` is known only to say why it is not taken, null included.
   */
  presence: 'required' | 'nullable' | 'not null' | 'refused';
  /** A required one may be left out where this field of the same input says something, from which it follows. */
  unless?: string;
  /** Judges a converted value that is not undefined, and null only of a `refused` field. */
  check(value: unknown): Problem | undefined;
  /**
   * Judges one that may be what is stored, where not everything that is stored could be said anew (an amount of a site whose currency has more decimals).
   * Whoever makes the change has `check` judge what is other.
   */
  checkUnchanged?(value: unknown): Problem | undefined;
  /** Brings an accepted spelling to the stored one (decimals, instants, ids); leaves anything else alone, for `check` to refuse. */
  convert?(value: unknown): unknown;
  /** The class of the objects that the value is, or is a list of. */
  nested?: Readonly<{ type(): Class; each: boolean }>;
  /** The GraphQL input type; left out, the field is not in the GraphQL schema. */
  graphql?(): unknown;
  openApi: Schema;
  /** It is taken and changes nothing, so that nothing of it is stored. */
  ignored?: true;
}>;

/** How lists compare a stored field, and how its values are written in a query. */
export type AttributeType = 'text' | 'integer' | 'decimal' | 'flag' | 'date' | 'instant' | 'id' | 'ids';

/** How a field is kept in the table of its resource, and how lists find by it. */
export type StoredFacet = Readonly<{
  /** The column. */
  name: string;
  type: ColumnType;
  /** How lists filter and sort by it; left out, they do not. */
  attribute?: AttributeType;
  /** How many characters its texts have at most, where that is known. */
  most?: number;
  choices?: Choices;
  /** What it is where nobody has said anything; left out, null. */
  initial?: unknown;
  /** No row has a null there. */
  neverNull?: boolean;
  /** What an input that is an instruction means for it, whose value was `before`; undefined leaves it. Left out, the input is the value. */
  from?(input: unknown, before: unknown): unknown;
}>;

/** What a null in it means: null, or what a new one begins with where no row has a null. */
export const meantByNull = ({ neverNull, initial }: StoredFacet): unknown => (neverNull ? initial : null) ?? null;

/** `full`: a single read or a write's answer; `row`: one of a list. */
export type Form = 'full' | 'row';

/** How answers of REST show a field. */
export type PrintedFacet = Readonly<{
  name: string;
  openApi: Schema;
  /** Left out, both forms have it. */
  only?: Form;
  /** @param figures what the resource reads beside its row (`ResourceFigures`) */
  print(row: Row, related: Related, figures: unknown, form: Form): unknown;
}>;

/** How GraphQL shows a field. */
export type OutputFacet = Readonly<{
  /** snake_case; GraphQL says it in camelCase. */
  name: string;
  type(): unknown;
  nullable: boolean;
  /** What it is, where that is not what is said in the field. */
  description?: string;
  /** Left out, the row has the value under that name. */
  resolve?(row: Row, related: Related): unknown;
}>;

export type { Child } from '#millwright/event-sourcing';

/** What a request says of one child: with an id, of that one; without, of a new one. */
export type SaidChild = Readonly<{
  id?: number | null;
  _destroy?: boolean | null;
  /** What it is numbered by if it is a new one; no request says it. */
  drawnId?: number;
  /** The right that whoever says it lacks to make one that is there another's; no request says it. */
  moveNeeds?: FieldScope;
  [name: string]: unknown;
}>;

/** What a request said of a list of children, and what comes of it. */
export type ChangedChildren = Readonly<{
  before: readonly Child[];
  after: readonly Child[];
  /** What was said of a child, and at which place of the request's list; undefined where nothing was, or that it goes. */
  saidOf(child: Child): Readonly<{ place: number; values: SaidChild }> | undefined;
  /** Has the request refused with 422, said of a field at a place of its list. */
  refuse(place: number, field: string, problem: Problem): never;
}>;

/** A list of records inside a resource, with ids of their own. */
export type ChildrenFacet = Readonly<{
  /** One of them, singular, snake_case: `vendor_contact`. */
  name: string;
  /** The class of their fields. */
  type: Class;
  /** How many there may be. */
  most: number;
  /** Answers of this form alone show them. */
  only?: Form;
  /** The field, a whole number, that they are shown in the order of; left out, they are shown in the order in which they were made. */
  orderedBy?: string;
  /** A field that no two of them have alike: a request may name one by it instead of its id. */
  knownBy?: string;
  /** What must be true of all of them together, like that one is the first among them: answers them as they are to be. Pure. */
  rule?(changed: ChangedChildren): readonly Child[];
}>;

/** One field from one description: what requests may say, how it is kept, and how it is shown. Every facet but the name may be left out. */
export type FieldDefinition = Readonly<{
  /** snake_case, as on the wire. */
  name: string;
  description?: string;
  /** The kind of resource that its ids are of. */
  target?: string;
  /** The kind of resource that its number is of, where it follows from events and no request says it. */
  mentions?: string;
  /** What is demanded of those that it names anew. */
  demands?: Demand;
  /** The column of that kind in which the relation is kept: a request that names ids here becomes commands on the records that they are of. */
  ownedBy?: string;
  /** The records that it lists show who lists them, too. */
  fromBothSides?: boolean;
  /** Its values are about a person, and can be erased: events name the field and never a value. */
  personal?: boolean;
  /** No two records may have it alike. */
  unique?: Uniqueness;
  /** Who lacks this right is not to see it, nor to find by it. Left out, whoever sees the resource sees it. */
  seenWith?: FieldScope;
  /** A right that it takes beside that to see it of some rows. Such a field may be null. */
  seenWithOf?(row: Row): FieldScope | undefined;
  /** The right that it takes to say something in it, which null and 0 do not, beside that of the operation. */
  saidWith?: string;
  /** The paths in its value that whoever asks may not see, where that is a text that holds fields. */
  hiddenWithin?(row: Row): readonly string[];
  input?: InputFacet;
  stored?: StoredFacet;
  printed?: PrintedFacet;
  output?: OutputFacet;
  /** It says what is to happen to records inside the resource. How they are shown follows from it (`shown-children.ts`). */
  children?: ChildrenFacet;
}>;

/** A field that requests may say something in. */
export type InputField = FieldDefinition & Readonly<{ input: InputFacet }>;

const definitions = new WeakMap<object, Map<string, FieldDefinition>>();

/** The fields of a class, those of its base classes first. */
export function fieldsOf(type: object): readonly FieldDefinition[] {
  const base: unknown = Object.getPrototypeOf(type);
  const inherited = typeof base === 'function' && base !== Function.prototype ? fieldsOf(base) : [];
  const own = [...(definitions.get(type)?.values() ?? [])];
  return [...inherited.filter(({ name }) => !own.some((field) => field.name === name)), ...own];
}

export const isInput = (field: FieldDefinition): field is InputField => field.input !== undefined;

/** Makes a property of a class a field. The decorators of `kinds/` are this with a name. */
export function defineField(type: Class, field: FieldDefinition): void {
  const fields = definitions.get(type) ?? new Map<string, FieldDefinition>();
  fields.set(field.name, field);
  definitions.set(type, fields);
  if (isInput(field)) for (const decorate of inputDecorators(field)) decorate(type.prototype as object, field.name);
}

/**
 * The same input on a fresh class, for a command that changes some of it: each field may be left out, and what is stored be said again, so that what is other
 * is still to be judged (`problemsOfChanges`). `without`: fields that it does not take.
 */
export function partialClassOf(type: Class, name: string, without: readonly string[] = []): Class {
  const partial = { [name]: class {} }[name] as Class;
  for (const field of fieldsOf(type).filter(isInput)) {
    if (without.includes(field.name)) continue;
    const { presence, check, checkUnchanged = check } = field.input;
    defineField(partial, {
      ...field,
      input: { ...field.input, check: checkUnchanged, presence: presence === 'required' ? 'not null' : presence },
    });
  }
  return partial;
}

/** Under which a field of a GraphQL input type carries its definition, so that what does not even fit the schema is refused in its words. */
const extension = 'millwrightField';

/** The definition behind a field of a GraphQL input type; undefined for what is no input field of ours (filters, paging). */
export const inputFieldOf = (extensions: Readonly<Record<string, unknown>>): InputField | undefined =>
  extensions[extension] as InputField | undefined;

function inputDecorators(field: InputField): PropertyDecorator[] {
  const { name, description, input } = field;
  const { presence, unless, graphql, nested, convert, openApi } = input;
  const decorators: PropertyDecorator[] = [constraint(input)];
  // Null stands for nothing, in which there is nothing to look at; the validator would call it no object.
  if (nested) decorators.push(Type(nested.type), ValidateNested({ each: nested.each }));
  if (nested && presence === 'nullable') decorators.push(ValidateIf((_, value) => value !== null));
  if (convert) decorators.push(Transform(({ value }) => convert(value), { toClassOnly: true }));
  const nullable = presence !== 'required' || unless !== undefined;
  if (graphql) {
    decorators.push(
      Field(graphql as () => StringConstructor, {
        name: camelCase(name),
        nullable,
        description: description && inGraphqlWords(description),
      }),
    );
    decorators.push(Extensions({ [extension]: field }));
  }
  decorators.push(
    ApiProperty({
      ...openApi,
      // Swagger puts the property's own type beside a choice, unless that is Object, and looks for a class where it has none.
      ...(Object.hasOwn(openApi, 'oneOf') && { type: Object }),
      required: !nullable,
      description,
      ...(presence === 'nullable' && { nullable: true }),
    }),
  );
  return decorators;
}

/** The name of the one constraint a field has: class-validator pays for each of them at every request. Its message is `<code>: <sentence>`. */
export const fieldConstraint = 'field';

function constraint(input: InputFacet): PropertyDecorator {
  return ValidateBy({
    name: fieldConstraint,
    validator: {
      validate: (value: unknown, details) => problemOf(input, value, details?.object) === undefined,
      defaultMessage(details) {
        const { code, message } = problemOf(input, details?.value, details?.object) ?? { code: 'invalid', message: 'is not valid' };
        return `${code}: ${message}`;
      },
    },
  });
}

/**
 * What is wrong with values that are other than those stored, of fields that may say again what could not be said anew.
 * @param root what the fields stand under (`user` → `user.regular_rate`)
 * @param changes stored values that change, by their columns
 */
export const problemsOfChanges = (root: string, fields: readonly InputField[], changes: Readonly<Record<string, unknown>>): Detail[] =>
  fields.flatMap(({ name, stored, input: { check, checkUnchanged } }) => {
    const value = stored && changes[stored.name];
    const problem = checkUnchanged && value != null ? check(value) : undefined;
    return problem ? [{ field: `${root}.${name}`, ...problem }] : [];
  });

/** What is wrong with a value as it came, or undefined. */
export const fieldProblem = ({ input }: InputField, value: unknown): Problem | undefined =>
  problemOf(input, input.convert ? input.convert(value) : value);

function problemOf({ presence, unless, check }: InputFacet, value: unknown, whole?: object): Problem | undefined {
  if (value === undefined && unless !== undefined && new Map<string, unknown>(Object.entries(whole ?? {})).get(unless) != null)
    return undefined;
  if (value === undefined) return presence === 'required' ? { code: 'required', message: 'must be given' } : undefined;
  if (value === null && presence === 'nullable') return undefined;
  if (value === null && presence !== 'refused') return { code: 'required', message: 'must not be empty' };
  return check(value);
}

import { Extensions, Field } from '@nestjs/graphql';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import type { ColumnType, DetailCode } from '#millwright/event-sourcing';
import { camelCase } from '../names.js';
import type { Choices } from './choices.js';

export type Class<T extends object = object> = new () => T;

type FieldKind =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'flag'
  | 'date'
  | 'instant'
  | 'choice'
  | 'reference'
  | 'references'
  | 'nested'
  | 'nested list'
  | 'list'
  | 'not yet';

/** What is wrong with a value: a stable detail code and a sentence that goes on after the field's name. */
export type Problem = Readonly<{ code: DetailCode; message: string }>;

/** Everything one field needs at every edge: validation, GraphQL input and OpenAPI; and how a record stores it. */
export type FieldDefinition = Readonly<{
  /** snake_case, as on the wire. */
  name: string;
  kind: FieldKind;
  /**
   * Must be there and not null; `nullable` may be null or left out; a PATCH turns the first into "may be left out, but not null".
   * `refused` is known only to say why it is not taken, null included.
   */
  presence: 'required' | 'nullable' | 'not null' | 'refused';
  /** Judges a converted value that is not undefined, and null only of a `refused` field. */
  check(value: unknown): Problem | undefined;
  /** Brings an accepted spelling to the stored one (decimals, instants, ids); leaves anything else alone, for `check` to refuse. */
  convert?(value: unknown): unknown;
  /** The kind of record a reference points at. */
  target?: string;
  nested?(): Class;
  /** The words that a choice is between. */
  choices?: Choices;
  /** How a record stores it; left out, it is not a column of its own. */
  column?: ColumnType;
  /** The GraphQL input type; left out, the field is not in the GraphQL schema. */
  graphql?(): unknown;
  /** What requests may hold. */
  openApi: Readonly<Record<string, unknown>>;
  /** What answers hold, where that is not what requests may hold. */
  openApiShown?: Readonly<Record<string, unknown>>;
  description?: string;
}>;

const definitions = new WeakMap<object, Map<string, FieldDefinition>>();

/** The fields of an input class, those of its base classes first. */
export function fieldsOf(type: object): readonly FieldDefinition[] {
  const base: unknown = Object.getPrototypeOf(type);
  const inherited = typeof base === 'function' && base !== Function.prototype ? fieldsOf(base) : [];
  const own = [...(definitions.get(type)?.values() ?? [])];
  return [...inherited.filter(({ name }) => !own.some((field) => field.name === name)), ...own];
}

/** Makes a property of a class an input field. The decorators of `fields.ts` are this with a name. */
export function defineField(type: Class, field: FieldDefinition): void {
  const fields = definitions.get(type) ?? new Map<string, FieldDefinition>();
  fields.set(field.name, field);
  definitions.set(type, fields);
  for (const decorate of decoratorsOf(field)) decorate(type.prototype as object, field.name);
}

/** The same fields on a fresh class, for a command that changes some of them: each may be left out. */
export function partialClassOf(type: Class, name: string): Class {
  const partial = { [name]: class {} }[name] as Class;
  for (const field of fieldsOf(type))
    defineField(partial, { ...field, presence: field.presence === 'required' ? 'not null' : field.presence });
  return partial;
}

/** Under which a field of a GraphQL input type carries its definition, so that what does not even fit the schema is refused in its words. */
const extension = 'millwrightField';

/** The definition behind a field of a GraphQL input type; undefined for what is no input field of ours (filters, paging). */
export const inputFieldOf = (extensions: Readonly<Record<string, unknown>>): FieldDefinition | undefined =>
  extensions[extension] as FieldDefinition | undefined;

function decoratorsOf(field: FieldDefinition): PropertyDecorator[] {
  const { presence, graphql, nested, convert, description } = field;
  const decorators: PropertyDecorator[] = [constraint(field)];
  // Null stands for nothing, in which there is nothing to look at; the validator would call it no object.
  if (nested) decorators.push(Type(nested), ValidateNested({ each: field.kind === 'nested list' }));
  if (nested && presence === 'nullable') decorators.push(ValidateIf((_, value) => value !== null));
  if (convert) decorators.push(Transform(({ value }) => convert(value), { toClassOnly: true }));
  const nullable = presence !== 'required';
  if (graphql) {
    decorators.push(Field(graphql as () => StringConstructor, { name: camelCase(field.name), nullable, description }));
    decorators.push(Extensions({ [extension]: field }));
  }
  decorators.push(
    ApiProperty({
      ...field.openApi,
      // Swagger puts the property's own type beside a choice, unless that is Object, and looks for a class where it has none.
      ...(Object.hasOwn(field.openApi, 'oneOf') && { type: Object }),
      required: !nullable,
      description,
      ...(presence === 'nullable' && { nullable: true }),
    }),
  );
  return decorators;
}

/** The name of the one constraint a field has: class-validator pays for each of them at every request. Its message is `<code>: <sentence>`. */
export const fieldConstraint = 'field';

function constraint(field: FieldDefinition): PropertyDecorator {
  return ValidateBy({
    name: fieldConstraint,
    validator: {
      validate: (value: unknown) => problemOf(field, value) === undefined,
      defaultMessage(details) {
        const { code, message } = problemOf(field, details?.value) ?? { code: 'invalid', message: 'is not valid' };
        return `${code}: ${message}`;
      },
    },
  });
}

/** What is wrong with a value as it came, or undefined. */
export const fieldProblem = (field: FieldDefinition, value: unknown): Problem | undefined =>
  problemOf(field, field.convert ? field.convert(value) : value);

function problemOf(field: FieldDefinition, value: unknown): Problem | undefined {
  if (value === undefined) return field.presence === 'required' ? { code: 'required', message: 'must be given' } : undefined;
  if (value === null && field.presence === 'nullable') return undefined;
  if (value === null && field.presence !== 'refused') return { code: 'required', message: 'must not be empty' };
  return field.check(value);
}

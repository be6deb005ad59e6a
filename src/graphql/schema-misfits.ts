import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  type GraphQLInputType,
  type GraphQLLeafType,
} from 'graphql';
import type { Detail } from '#millwright/event-sourcing';
import { fieldProblem, inputFieldOf, noInstant, type Problem } from '#millwright/fields';

/** Stands for what a variable will bring: its value is judged with the variables. */
export const unknownYet = Symbol('variable');

/** More details than this help nobody. */
const detailsAtMost = 100;

/** What a value of a scalar should have been, in the words of REST, where no input field says it better. */
const problemsOfScalars: Readonly<Record<string, Problem>> = {
  String: { code: 'not_text', message: 'must be text' },
  Int: { code: 'not_an_integer', message: 'must be an integer' },
  Float: { code: 'not_a_number', message: 'must be a number' },
  Boolean: { code: 'not_a_boolean', message: 'must be true or false' },
  ID: { code: 'not_an_id', message: 'must be an id' },
  Decimal: { code: 'not_a_number', message: 'must be a decimal number' },
  DateTime: noInstant,
};

/** Where a value stands, and who can say best what is wrong with it: the input field it belongs to. */
type Place = Readonly<{ path: string; judge?: () => Problem | undefined }>;

/**
 * What does not fit a type of the schema, told as REST tells it: by the field's own check, named by its path.
 * GraphQL's own coercion knows neither the codes nor the paths, and spends a long time on guessing what was meant by an unknown field.
 * @param isWritten whether it stands in the document, where a word of an enum has no quotes; a variable brings it as text
 */
export function misfitsOf(type: GraphQLInputType, value: unknown, path: string, isWritten = false): readonly Detail[] {
  const misfits = new Misfits(isWritten);
  misfits.look(type, value, { path });
  return misfits.details;
}

class Misfits {
  readonly details: Detail[] = [];

  constructor(private readonly isWritten: boolean) {}

  look(type: GraphQLInputType, value: unknown, place: Place): void {
    if (value === unknownYet || this.details.length >= detailsAtMost) return;
    if (value === undefined || value === null) {
      if (isNonNullType(type)) this.add(place.path, { code: 'required', message: value === null ? 'must not be empty' : 'must be given' });
      return;
    }
    const nullable = getNullableType(type);
    if (isListType(nullable)) return this.lookIntoList(nullable.ofType, Array.isArray(value) ? value : [value], place);
    if (isInputObjectType(nullable)) return this.lookIntoObject(nullable, value, place);
    if (!this.fits(nullable, value)) this.refuse(nullable, place);
  }

  /** Ids and words in a list are judged together, as the one field that they are; objects one by one. */
  private lookIntoList(of: GraphQLInputType, items: readonly unknown[], place: Place): void {
    const item = getNullableType(of);
    if (!isLeafType(item)) return items.forEach((each, index) => this.look(of, each, { path: `${place.path}.${index}` }));
    const allFit = items.every((each) => each === unknownYet || (each == null ? !isNonNullType(of) : this.fits(item, each)));
    if (!allFit) this.refuse(item, place);
  }

  private lookIntoObject(type: GraphQLInputType, value: unknown, place: Place): void {
    if (!isInputObjectType(type)) return;
    if (!isPlainObject(value)) return this.add(place.path, place.judge?.() ?? { code: 'not_an_object', message: 'must be an object' });
    const fields = type.getFields();
    const given = new Map<string, unknown>(Object.entries(value));
    for (const name of given.keys()) {
      if (this.details.length >= detailsAtMost) return;
      if (!Object.hasOwn(fields, name)) this.add(`${place.path}.${name}`, { code: 'unknown_field', message: 'there is no such field' });
    }
    for (const [name, definition] of Object.entries(fields)) {
      const inside = given.get(name);
      if (inside === undefined && definition.defaultValue !== undefined) continue;
      const field = inputFieldOf(definition.extensions);
      this.look(definition.type, inside, { path: `${place.path}.${name}`, ...(field && { judge: () => fieldProblem(field, inside) }) });
    }
  }

  private refuse(type: GraphQLLeafType, { path, judge }: Place): void {
    this.add(
      path,
      judge?.() ??
        problemOfWord(type, this.isWritten) ??
        problemsOfScalars[type.name] ?? { code: 'does_not_fit_schema', message: `must be a ${type.name}` },
    );
  }

  private fits(type: GraphQLLeafType, value: unknown): boolean {
    return !(this.isWritten && isEnumType(type) && typeof value === 'string') && fits(type, value);
  }

  private add(field: string, { code, message }: Problem): void {
    this.details.push({ field, code, message });
  }
}

function problemOfWord(type: GraphQLLeafType, isWritten: boolean): Problem | undefined {
  if (!isEnumType(type)) return undefined;
  const words = type.getValues().map(({ name }) => name);
  return { code: 'not_a_choice', message: `must be one of ${words.join(', ')}${isWritten ? ', without quotes' : ''}` };
}

function fits(type: GraphQLLeafType, value: unknown): boolean {
  // A word that stands without quotes is one of an enum's, and nothing else.
  if (typeof value === 'symbol') return isEnumType(type) && type.getValue(value.description ?? '') != null;
  try {
    return type.parseValue(value) !== undefined;
  } catch {
    return false;
  }
}

/** A number that was inexact is an object to JavaScript only. */
const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

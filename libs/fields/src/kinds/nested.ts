import type { Row } from '#millwright/event-sourcing';
import { defineField, type Class, type Problem } from '../field-definition.js';
import { inputField, type FieldKind, type FieldOptions } from '../kind.js';

/** Swagger knows a class to be looked up later only by a function that is named `type`. */
export const lazily = (nested: () => Class): { type: () => Class } => ({ type: () => nested() });

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

export function listProblem(value: unknown, max: number): Problem | undefined {
  if (!Array.isArray(value)) return { code: 'not_a_list', message: 'must be a list' };
  if (value.length > max) return { code: 'too_many', message: `must not have more than ${max} entries` };
  return value.every(isObject) ? undefined : { code: 'not_an_object', message: 'must contain objects only' };
}

const list = (type: () => Class, max: number): FieldKind => ({
  column: 'jsonb',
  initial: [],
  check: (value) => listProblem(value, max),
  graphql: () => [type()],
  openApi: { ...lazily(type), isArray: true },
});

/** A list of groups of fields. Codes: not_a_list, too_many, not_an_object, and those of its fields (named `items.0.text`). */
export const NestedList = (type: () => Class, { max = 500, shown = type, ...options }: FieldOptions & Readonly<{ max?: number; shown?: () => Class }> = {}): PropertyDecorator =>
  inputField(list(type, max), options, (name, { input, printed }) => ({
    input: { ...input, nested: { type, each: true } },
    printed: { ...printed, openApi: { ...lazily(shown), isArray: true } },
    output: { name, type: () => [shown()], nullable: false },
  })); // prettier-ignore

/** A group of fields that a request says and nothing keeps. Codes: not_an_object, and those of its fields (named `asset.code`). */
export const NestedObject =
  (type: () => Class, { description }: Readonly<{ description: string }>): PropertyDecorator =>
  (target, property) =>
    defineField(target.constructor as Class, {
      name: String(property),
      description,
      input: {
        presence: 'nullable',
        nested: { type, each: false },
        check: (value) => (isObject(value) ? undefined : { code: 'not_an_object', message: 'must be an object' }),
        graphql: type,
        openApi: lazily(type),
      },
    });

/** A list of groups of fields that a request says and nothing keeps as they are said. Codes: not_a_list, too_many, not_an_object, and those of its fields. */
export const SaidList =
  (type: () => Class, { description, max = 500 }: Readonly<{ description: string; max?: number }>): PropertyDecorator =>
  (target, property) =>
    defineField(target.constructor as Class, {
      name: String(property),
      description,
      input: {
        presence: 'nullable',
        nested: { type, each: true },
        check: (value) => listProblem(value, max),
        graphql: () => [type()],
        openApi: { ...lazily(type), isArray: true, maxItems: max },
      },
    });

type ShownObjectOptions = Readonly<{
  description: string;
  /** What it is, from the row, or null; left out, what the row has under its name, which is never null. */
  of?(row: Row): unknown;
}>;

/** An object of a type of its own, which GraphQL shows with all that it has. */
export const ShownObject =
  (type: () => Class, { description, of }: ShownObjectOptions): PropertyDecorator =>
  (target, property) =>
    defineField(target.constructor as Class, {
      name: String(property),
      description,
      output: { name: String(property), type, nullable: of !== undefined, ...(of && { resolve: of }) },
    });

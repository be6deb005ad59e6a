import { Field, ID, ObjectType } from '@nestjs/graphql';
import { fieldsOf, type Class } from '../fields/index.js';
import { camelCase } from '../names.js';
import { columnDescription, describeColumns } from './descriptions.js';

/** What one property of a GraphQL object type is made of; the source is a row with snake_case columns. */
export type OutputProperty = Readonly<{ type: () => unknown; nullable: boolean; description?: string }>;

const types = new Map<string, Class>();

/**
 * Makes an object type from its properties by their column names, and remembers it by its name.
 * @param fields the input class whose descriptions stand for those that the properties do not have
 */
export function defineOutputType(
  name: string,
  properties: Readonly<Record<string, OutputProperty>>,
  { description, fields }: Readonly<{ description: string; fields?: Class }>,
): Class {
  if (fields) describeColumns(name, fieldsOf(fields).map((field) => [field.name, field.description] as const)); // prettier-ignore
  describeColumns(name, Object.entries(properties).map(([column, property]) => [column, property.description] as const)); // prettier-ignore
  const type = { [name]: class {} }[name] as Class;
  for (const [column, { type: propertyType, nullable }] of Object.entries(properties))
    Field(propertyType as () => StringConstructor, { name: camelCase(column), nullable, description: columnDescription(name, column) })(
      type.prototype as object,
      column,
    );
  ObjectType(name, { description })(type);
  types.set(name, type);
  return type;
}

/** What is shown of a kind of record that has no type of its own (yet). */
@ObjectType('RecordLabel', { description: 'What is shown of a kind of record that has no type of its own.' })
export class RecordLabel {
  @Field(() => ID, { description: 'The number of the record.' }) id!: number;
  @Field(() => String, { nullable: true, description: 'What the record is called.' }) name?: string | null;
}

export const outputTypeOf = (name: string): Class => types.get(name) ?? RecordLabel;

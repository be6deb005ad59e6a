import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { Class } from '../fields/index.js';
import { camelCase } from '../names.js';

/** What one property of a GraphQL object type is made of; the source is a row with snake_case columns. */
export type OutputProperty = Readonly<{ type: () => unknown; nullable: boolean; description?: string }>;

const types = new Map<string, Class>();

/** Makes an object type from its properties by their column names, and remembers it by its name. */
export function defineOutputType(name: string, properties: Readonly<Record<string, OutputProperty>>, description?: string): Class {
  const type = { [name]: class {} }[name] as Class;
  for (const [column, { type: propertyType, nullable, description: text }] of Object.entries(properties))
    Field(propertyType as () => StringConstructor, { name: camelCase(column), nullable, description: text })(
      type.prototype as object,
      column,
    );
  ObjectType(name, { description })(type);
  types.set(name, type);
  return type;
}

/** What is shown of a kind of record that has no type of its own (yet). */
@ObjectType('RecordLabel')
export class RecordLabel {
  @Field(() => ID) id!: number;
  @Field(() => String, { nullable: true }) name?: string | null;
}

export const outputTypeOf = (name: string): Class => types.get(name) ?? RecordLabel;

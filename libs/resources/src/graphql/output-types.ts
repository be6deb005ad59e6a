import { Extensions, Field, ObjectType } from '@nestjs/graphql';
import {
  camelCase,
  columnDescription,
  describeColumns,
  RecordLabel,
  relationName,
  type Class,
  type FieldDefinition,
  type FieldScope,
} from '#millwright/fields';

const types = new Map<string, Readonly<{ type: Class; fields: readonly FieldDefinition[] }>>();

/**
 * Makes an object type of what fields say of their output, and remembers it by its name. Its source is a row; what is computed or joined, a resolver adds
 * (`addRelations`).
 */
export function defineOutputType(
  name: string,
  fields: readonly FieldDefinition[],
  description: string,
  type: Class = { [name]: class {} }[name] as Class,
): Class {
  describeColumns(name, fields.map((field) => [field.name, field.description] as const)); // prettier-ignore
  for (const field of fields) {
    const { output } = field;
    if (!output || output.resolve) continue;
    Field(output.type as () => StringConstructor, {
      name: camelCase(output.name),
      nullable: output.nullable,
      description: outputDescription(name, field),
    })(type.prototype as object, output.name);
  }
  ObjectType(name, { description })(type);
  types.set(name, { type, fields });
  return type;
}

/** What an output is. An instruction of requests (`qr_code_attributes`) says nothing of what comes of it, but that of children says whose they are. */
export function outputDescription(typeName: string, { name, output, children }: FieldDefinition): string | undefined {
  const shown = output?.name ?? name;
  return output?.description ?? columnDescription(typeName, children || relationName(name) === shown || name === shown ? name : shown);
}

export const outputTypeOf = (name: string): Class => types.get(name)?.type ?? RecordLabel;

/** Under which a field of an object type that is no resource's says the right that shows it. */
export const seenWithExtension = 'seenWith';

/** The right that shows a field of an object type which is described to GraphQL itself. It has to be nullable. */
export const SeenWith = (scope: FieldScope): PropertyDecorator => Extensions({ [seenWithExtension]: scope });

/** What is shown, by the name of its type: whoever shows a field asks here who may see it (`seenWith`). */
export const outputFields = (): ReadonlyMap<string, readonly FieldDefinition[]> =>
  new Map([...types].map(([name, { fields }]) => [name, fields]));

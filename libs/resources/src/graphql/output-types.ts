import { Extensions, Field, ObjectType } from '@nestjs/graphql';
import type { Scope } from '#millwright/access';
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

/** Of the type of a resource: its kind, the right to read it, and what every record that mentions one says of it. */
type Readable = Readonly<{ kind: string; scope: Scope; label?: readonly string[] }>;

const types = new Map<string, Readonly<{ type: Class; fields: readonly FieldDefinition[]; readable?: Readable }>>();

/**
 * Makes an object type of what fields say of their output, and remembers it by its name. Its source is a row; what is computed or joined, a resolver adds
 * (`addRelations`).
 */
export function defineOutputType(
  name: string,
  fields: readonly FieldDefinition[],
  description: string,
  type: Class = { [name]: class {} }[name] as Class,
  readable?: Readable,
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
  types.set(name, { type, fields, readable });
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

/** The right that shows a field of an object type which is described to GraphQL itself, and what some rows take beside it. It has to be nullable. */
export const SeenWith = (seenWith: FieldScope, seenWithOf?: FieldDefinition['seenWithOf']): PropertyDecorator =>
  Extensions({ [seenWithExtension]: { seenWith, seenWithOf } });

/** What is shown, by the name of its type: whoever shows a field asks here who may see it (`seenWith`). */
export const outputFields = (): ReadonlyMap<string, readonly FieldDefinition[]> =>
  new Map([...types].map(([name, { fields }]) => [name, fields]));

/**
 * The right to read each resource, by the name of its type, and which of its fields are shown without it: what REST prints of it in records that mention
 * it. Everything else of a record is for those who may read such records, however they came to it.
 */
export function readableTypes(): ReadonlyMap<string, Readonly<{ scope: Scope; mentioned: ReadonlySet<string> }>> {
  const mentioned = new Map<string, Set<string>>();
  for (const { fields } of types.values())
    for (const { mentions, target = mentions, printed } of fields) {
      if (target === undefined || !printed) continue;
      const schema = (printed.openApi['items'] ?? printed.openApi) as Readonly<{ properties?: object }>;
      mentioned.set(target, new Set([...(mentioned.get(target) ?? []), ...Object.keys(schema.properties ?? {})]));
    }
  return new Map(
    [...types].flatMap(([name, { readable }]) => {
      if (!readable) return [];
      const names = ['id', ...(readable.label ?? ['name']), ...(mentioned.get(readable.kind) ?? [])];
      return [[name, { scope: readable.scope, mentioned: new Set(names.map(camelCase)) }] as const];
    }),
  );
}

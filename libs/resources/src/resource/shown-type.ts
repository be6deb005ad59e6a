import { Resolver } from '@nestjs/graphql';
import { allKnown, whenKnown, type Row } from '#millwright/event-sourcing';
import { defineField, fieldsOf, type Class, type FieldDefinition, type Related } from '#millwright/fields';
import type { ListAttribute } from '#millwright/lists';
import { defineOutputType } from '../graphql/output-types.js';
import { addRelations } from '../graphql/relations.js';
import { RelatedRecords } from '../references/index.js';
import { Printer } from './printer.js';
import { listAttributesOf } from './resource-table.js';

/** Something that is shown and has no commands of its own: a part of a resource, or a row of a ledger. */
export type ShownType = Readonly<{
  fields: readonly FieldDefinition[];
  /** What it looks like over REST, and the GraphQL type. */
  type: Class;
  /** Shows what is computed or joined: a provider of the room's module. */
  resolver: Class;
  attributes: Readonly<Record<string, ListAttribute>>;
  print(row: Row, related: Related, figures?: unknown): object | Promise<object>;
}>;

/** Makes a type of what a class of `Shown…` fields shows. */
export function defineShownType(typeName: string, shown: Class, description: string): ShownType {
  const fields = fieldsOf(shown);
  const printer = new Printer(fields);
  const type = printer.answerClass(typeName, 'full');
  defineOutputType(typeName, fields, description, type);
  return {
    fields,
    type,
    resolver: resolverOf(typeName, type, fields),
    attributes: listAttributesOf(fields),
    print: (row, related, figures) => printer.print(row, 'full', related, figures),
  };
}

type WithinOptions<Found> = Readonly<{
  description: string;
  /** What it is called, where that is not the name of the property. */
  as?: string;
  /** What it is made of, from the row. */
  of(row: Row, related: Related): Found | Promise<Found>;
}>;

/** An object of such a type that stands within something else, over both edges; null where there is none. */
export const ShownOne =
  ({ type, print }: ShownType, { description, as, of }: WithinOptions<Row | null>): PropertyDecorator =>
  (target, property) => {
    const name = as ?? String(property);
    defineField(target.constructor as Class, {
      name: String(property),
      description,
      printed: {
        name,
        openApi: { type: () => type, nullable: true, description },
        print: (row, related) => whenKnown(of(row, related), (found) => found && print(found, related)),
      },
      output: { name, type: () => type, nullable: true, resolve: of },
    });
  };

/** A list of them. */
export const ShownList =
  ({ type, print }: ShownType, { description, as, of }: WithinOptions<readonly Row[]>): PropertyDecorator =>
  (target, property) => {
    const name = as ?? String(property);
    defineField(target.constructor as Class, {
      name: String(property),
      description,
      printed: {
        name,
        openApi: { type: () => type, isArray: true, description },
        print: (row, related) => whenKnown(of(row, related), (found) => allKnown(found.map((one) => print(one, related)))),
      },
      output: { name, type: () => [type], nullable: false, resolve: of },
    });
  };

function resolverOf(typeName: string, type: Class, fields: readonly FieldDefinition[]): Class {
  @Resolver(() => type)
  class ShownResolver {
    constructor(readonly related: RelatedRecords) {}
  }
  addRelations(ShownResolver.prototype, typeName, fields);
  Object.defineProperty(ShownResolver, 'name', { value: `${typeName}ShownResolver` });
  return ShownResolver as unknown as Class;
}

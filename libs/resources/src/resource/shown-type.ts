import { Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { fieldsOf, type Class, type FieldDefinition, type Related } from '#millwright/fields';
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

function resolverOf(typeName: string, type: Class, fields: readonly FieldDefinition[]): Class {
  @Resolver(() => type)
  class ShownResolver {
    constructor(readonly related: RelatedRecords) {}
  }
  addRelations(ShownResolver.prototype, typeName, fields);
  Object.defineProperty(ShownResolver, 'name', { value: `${typeName}ShownResolver` });
  return ShownResolver as unknown as Class;
}

import { Parent, ResolveField } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { camelCase, pascalCase, type FieldDefinition } from '#millwright/fields';
import type { RelatedRecords } from '../references/index.js';
import { outputDescription } from './output-types.js';

/** Has the resolver of a type show what is computed from its rows, and what they refer to. The resolver has `related`. */
export function addRelations(resolver: object, typeName: string, fields: readonly FieldDefinition[]): void {
  for (const field of fields) {
    const resolve = field.output?.resolve;
    if (!field.output || !resolve) continue;
    const { name, type, nullable } = field.output;
    const method = `resolve${pascalCase(name)}`;
    const value = function (this: { related: RelatedRecords }, row: Row): unknown {
      return resolve(row, this.related);
    };
    const descriptor: PropertyDescriptor = { value, configurable: true, writable: true };
    Object.defineProperty(resolver, method, descriptor);
    const description = outputDescription(typeName, field);
    ResolveField(camelCase(name), type as () => StringConstructor, { nullable, description })(resolver, method, descriptor);
    Parent()(resolver, method, 0);
  }
}

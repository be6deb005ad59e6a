import { Parent, ResolveField } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import type { Class } from '../fields/index.js';
import { camelCase, pascalCase } from '../names.js';
import { knownTarget, type RelatedRecords } from '../references/index.js';
import { columnDescription } from './descriptions.js';
import { RecordLabel } from './output-types.js';

/** A field of a resolver beside what its type says: a related record, or something computed. */
export type Relation = Readonly<{
  name: string;
  type: () => unknown;
  nullable: boolean;
  description?: string;
  resolve: (this: { related: RelatedRecords }, row: Row) => unknown;
}>;

/** `location_id` → `location`, `asset_types_ids` → `asset_types`: the name a relation is shown under. */
export const relationName = (column: string): string => column.replace(/_ids?$/, '');

/** Has a type's resolver show the records that its rows' columns refer to: `{ created_by_id: 'user' }` becomes the field `createdBy`. */
export const Relations =
  (typeName: string, kinds: Readonly<Record<string, string>>) =>
  (resolver: { prototype: { related: RelatedRecords } }): void => {
    for (const [column, kind] of Object.entries(kinds)) addRelation(resolver, relationOf(typeName, column, kind));
  };

function relationOf(typeName: string, column: string, kind: string): Relation {
  const name = relationName(column);
  const description = columnDescription(typeName, column);
  const type = (): Class => knownTarget(kind)?.graphql?.() ?? RecordLabel;
  const shown = (found: Row): Row => knownTarget(kind)?.related?.(found) ?? found;
  if (column.endsWith('_ids'))
    return { name, type: () => [type()], nullable: false, description, async resolve(row) { return (await this.related.rowsIn(kind, row[column])).map(shown); } }; // prettier-ignore
  return { name, type, nullable: true, description, async resolve(row) { const found = await this.related.row(kind, row[column]); return found && shown(found); } }; // prettier-ignore
}

export function addRelation({ prototype }: { prototype: object }, { name, type, nullable, description, resolve }: Relation): void {
  const method = `resolve${pascalCase(name)}`;
  const descriptor: PropertyDescriptor = { value: resolve, configurable: true, writable: true };
  Object.defineProperty(prototype, method, descriptor);
  ResolveField(camelCase(name), type as () => StringConstructor, { nullable, description })(prototype, method, descriptor);
  Parent()(prototype, method, 0);
}

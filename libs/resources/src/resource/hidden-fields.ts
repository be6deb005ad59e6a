import { lacking, type Held, type Scope } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import type { FieldDefinition, FieldScope } from '#millwright/fields';

/** Stands in an answer in place of what whoever asks may not see: it is printed as null, and named in `meta.hidden`. */
export const hiddenValue: Readonly<{ toJSON: () => null }> = Object.freeze({ toJSON: () => null });

/** What fields ask for, beside the operation that shows them. */
export const fieldScopes: readonly FieldScope[] = ['costs:read', 'people:read', 'rates:read'];

/** Whether there is a field that who holds this may not see. */
export const hidesFrom = (held: Held): boolean => held !== 'all' && fieldScopes.some((scope) => !held.has(scope));

/** The paths of what is hidden in an answer, without indices, in their order: `total_costs.parts` (contract, part 4, S82). */
export function hiddenPaths(data: unknown): string[] {
  const paths = new Set<string>();
  visit(data, '', paths);
  return [...paths].sort();
}

function visit(value: unknown, path: string, paths: Set<string>): void {
  if (value === hiddenValue) paths.add(path);
  else if (Array.isArray(value)) for (const item of value as unknown[]) visit(item, path, paths);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`, paths);
}

/** Whether who lacks such rights may not see a field of a row. */
export const hiddenBy = (
  isLacking: (scope: Scope) => boolean,
  { seenWith, seenWithOf }: Pick<FieldDefinition, 'seenWith' | 'seenWithOf'>,
  row: Row,
): boolean => {
  if (seenWith !== undefined && isLacking(seenWith)) return true;
  const more = seenWithOf?.(row);
  return more !== undefined && isLacking(more);
};

/** A value as whoever asks may see it, where no description of a field says so. */
export const ifSeen = <Value>(seenWith: FieldScope, value: Value): Value | typeof hiddenValue =>
  lacking()?.(seenWith) ? hiddenValue : value;

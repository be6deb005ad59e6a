import { lacking, type Scope } from '#millwright/access';
import { camelCase, fieldsOf, type FieldDefinition, type FieldScope } from '#millwright/fields';
import { outputFields } from '../graphql/output-types.js';
import { hiddenValue } from './hidden-fields.js';

const declared = new Map<string, Readonly<Record<string, FieldScope>>>();

/** Says which rights show what events of these types say beside fields of resources, which say it themselves. */
export function hideInEvents(types: readonly string[], fields: Readonly<Record<string, FieldScope>>): void {
  for (const type of types) declared.set(type, { ...declared.get(type), ...fields });
}

const reach: FieldScope = 'people:read';

/**
 * Says it of what the events of a plain record tell of how somebody is reached, where that is not personal and so stands in them. It goes by the types
 * of events, for what has the same name elsewhere may be for everybody, like the address of a site.
 */
export function hideReachInEvents(typeName: string, fields: readonly FieldDefinition[]): void {
  const names = fields.flatMap(({ stored, seenWith, personal, children }) => [
    ...(stored && seenWith === reach && !personal ? [stored.name] : []),
    ...(children ? fieldsOf(children.type).flatMap((inner) => (inner.seenWith === reach && !inner.personal ? [inner.name] : [])) : []),
  ]);
  if (names.length === 0) return;
  const said = Object.fromEntries(names.flatMap((name) => [name, camelCase(name)]).map((name) => [name, reach]));
  hideInEvents([`${typeName}Registered`, `${typeName}Changed`], said);
}

let ofFields: Map<string, Set<FieldScope>> | undefined;

/** The rights that show a field of that name in any resource. How somebody is reached is in no event, or is said by its type (`hideReachInEvents`). */
function scopesOfFields(): ReadonlyMap<string, ReadonlySet<FieldScope>> {
  if (ofFields) return ofFields;
  ofFields = new Map();
  for (const [, fields] of outputFields())
    for (const { name, seenWith } of fields) {
      if (seenWith === undefined || seenWith === reach) continue;
      for (const spelled of [name, camelCase(name)]) ofFields.set(spelled, (ofFields.get(spelled) ?? new Set()).add(seenWith));
    }
  return ofFields;
}

/** The rights that it takes to see what an event of that type says under a name, all of them. */
export function scopesInEvent(type: string, name: string): readonly FieldScope[] {
  const own = declared.get(type)?.[name];
  return own === undefined ? [...(scopesOfFields().get(name) ?? [])] : [own];
}

/** What an event says as whoever asks may see it: amounts that he may not see are hidden, wherever they stand. */
export function seenData(type: string, data: unknown): unknown {
  const isLacking = lacking();
  return isLacking ? seen(type, data, isLacking) : data;
}

function seen(type: string, value: unknown, isLacking: (scope: Scope) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => seen(type, item, isLacking));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: readonly [string, unknown]) => {
      // What has fields of its own is no amount, whatever it is called.
      const isAmount = typeof inner !== 'object' || inner === null;
      return [name, isAmount && scopesInEvent(type, name).some(isLacking) ? hiddenValue : seen(type, inner, isLacking)] as const;
    }),
  );
}

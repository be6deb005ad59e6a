import { lacking, type Scope } from '#millwright/access';
import { camelCase, type FieldScope } from '#millwright/fields';
import { outputFields } from '../graphql/output-types.js';
import { hiddenValue } from './hidden-fields.js';

const declared = new Map<string, Readonly<Record<string, FieldScope>>>();

/** Says which rights show what events of these types say beside fields of resources, which say it themselves. */
export function hideInEvents(types: readonly string[], fields: Readonly<Record<string, FieldScope>>): void {
  for (const type of types) declared.set(type, { ...declared.get(type), ...fields });
}

let ofFields: Map<string, Set<FieldScope>> | undefined;

/** The rights that show a field of that name in any resource. Personal values are in no event. */
function scopesOfFields(): ReadonlyMap<string, ReadonlySet<FieldScope>> {
  if (ofFields) return ofFields;
  ofFields = new Map();
  for (const [, fields] of outputFields())
    for (const { name, seenWith } of fields) {
      if (seenWith === undefined || seenWith === 'people:read') continue;
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

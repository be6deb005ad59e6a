import { lacking, type Scope } from '#millwright/access';
import { camelCase, fieldsOf, type FieldDefinition, type FieldScope } from '#millwright/fields';
import { outputFields } from '../graphql/output-types.js';
import { hiddenValue } from './hidden-fields.js';
import { personalVersion } from './personal-fields.js';

const declared = new Map<string, Readonly<Record<string, FieldScope>>>();

/** Says which rights show what events of these types say beside fields of resources, which say it themselves. */
export function hideInEvents(types: readonly string[], fields: Readonly<Record<string, FieldScope>>): void {
  for (const type of types) declared.set(type, { ...declared.get(type), ...fields });
}

const reach: FieldScope = 'people:read';

/**
 * What an object in an event may say, or not, and not everybody may see: the names it may be said under with the rights that show them, the personal fields
 * that `fields` may name, and the same of what is inside.
 */
type Unseen = Readonly<{
  said: Map<string, readonly FieldScope[]>;
  named: ReadonlyMap<string, FieldScope>;
  inside: ReadonlyMap<string, Unseen>;
}>;

const nothingUnseen: Unseen = { said: new Map(), named: new Map(), inside: new Map() };

const unseenByType = new Map<string, Unseen>();

/**
 * Hides in events of these types what such fields ask a right for, whether an event says it or not: a key that is there only where there is a price would
 * tell that there is one. It goes by the types of events, for what has the same name elsewhere may be for everybody, like the address of a site.
 */
export function hideFieldsInEvents(types: readonly string[], fields: readonly FieldDefinition[]): void {
  const unseen = unseenOf(fields);
  const naming = [...namingIn(unseen)];
  if (naming.length > 0) unseen.said.set(camelCase(personalVersion), naming);
  for (const type of types) unseenByType.set(type, unseen);
  const reached = [...fields, ...fields.flatMap(({ children }) => (children ? fieldsOf(children.type) : []))].flatMap(
    ({ stored, seenWith, personal }) => (stored && seenWith === reach && !personal ? [stored.name] : []),
  );
  hideInEvents(types, Object.fromEntries(reached.flatMap((name) => [name, camelCase(name)]).map((name) => [name, reach])));
}

/** The rights that show names of personal fields, at whatever depth: the version of their values is another one where one is given. */
function namingIn({ named, inside }: Unseen): Set<FieldScope> {
  return new Set([...named.values(), ...[...inside.values()].flatMap((inner) => [...namingIn(inner)])]);
}

function unseenOf(fields: readonly FieldDefinition[]): Unseen {
  const asking = fields.flatMap(({ stored, seenWith, personal = false }) =>
    stored && seenWith !== undefined ? [{ name: camelCase(stored.name), seenWith, personal }] : [],
  );
  const inside = fields.flatMap(({ children, stored }) => {
    if (!children || !stored) return [];
    const child = unseenOf(fieldsOf(children.type));
    return [[camelCase(stored.name), { ...nothingUnseen, inside: new Map([['added', child], ['changed', child]]) }] as const]; // prettier-ignore
  });
  return {
    said: new Map(asking.flatMap(({ name, seenWith, personal }) => (personal ? [] : [[name, [seenWith]] as const]))),
    named: new Map(asking.flatMap(({ name, seenWith, personal }) => (personal ? [[name, seenWith] as const] : []))),
    inside: new Map(inside),
  };
}

let ofFields: Map<string, Set<FieldScope>> | undefined;

/** The rights that show a field of that name in any resource. How somebody is reached is in no event, or is said by its type (`hideFieldsInEvents`). */
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

/** What an event says as whoever asks may see it: amounts that he may not see are hidden, wherever they stand, and whether they are there or not. */
export function seenData(type: string, data: unknown): unknown {
  const isLacking = lacking();
  return isLacking ? seen(type, data, isLacking, unseenByType.get(type) ?? nothingUnseen) : data;
}

function seen(type: string, value: unknown, isLacking: (scope: Scope) => boolean, unseen: Unseen): unknown {
  if (Array.isArray(value)) return value.map((item) => seen(type, item, isLacking, unseen));
  if (typeof value !== 'object' || value === null) return value;
  const hidden = new Map<string, unknown>();
  for (const [name, scopes] of unseen.said) if ([...scopes, ...scopesInEvent(type, name)].some(isLacking)) hidden.set(name, hiddenValue);
  if ([...unseen.named.values()].some(isLacking)) hidden.set('fields', seenNames(value, isLacking, unseen));
  const shown = Object.entries(value).flatMap(([name, inner]: readonly [string, unknown]) => {
    if (hidden.has(name)) return [];
    // What has fields of its own is no amount, whatever it is called.
    const isAmount = typeof inner !== 'object' || inner === null;
    if (isAmount && scopesInEvent(type, name).some(isLacking)) return [[name, hiddenValue] as const];
    return [[name, seen(type, inner, isLacking, unseen.inside.get(name) ?? nothingUnseen)] as const];
  });
  // Always behind the rest: nor does the place of a name tell whether the event says it.
  return Object.fromEntries([...shown, ...hidden]);
}

/** The names of personal fields that may be told, and what stands for others, of which there may be any. */
function seenNames(value: object, isLacking: (scope: Scope) => boolean, { named }: Unseen): readonly unknown[] {
  const names = 'fields' in value && Array.isArray(value.fields) ? (value.fields as readonly string[]) : [];
  const told = names.filter((name) => {
    const scope = named.get(name);
    return scope === undefined || !isLacking(scope);
  });
  return [...told, hiddenValue];
}

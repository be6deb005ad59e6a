/** The part of an OpenAPI document that says what a body may hold. */
export type BodySchema = Readonly<{
  $ref?: string;
  type?: string | readonly string[];
  properties?: Readonly<Record<string, BodySchema>>;
  items?: BodySchema;
  allOf?: readonly BodySchema[];
  anyOf?: readonly BodySchema[];
  oneOf?: readonly BodySchema[];
}>;

/** A field that is known: what stands below it, and whether it is an id or a list of them. Whatever is not known is silent. */
export type KnownField = Readonly<{ fields: KnownFields; isId: boolean }>;
export type KnownFields = ReadonlyMap<string, KnownField>;

/** What of a request may be written down. */
export type KnownPayload = Readonly<{ body: KnownFields; query: ReadonlySet<string> }>;

const mostNames = 100;
/** Of one list that are looked into. */
const mostItems = 100;
/** Of one field. */
export const mostIds = 100;
const deepest = 8;
const nothing: KnownFields = new Map();

/** What a schema lists by name. Open maps (values of a customer's own fields) list nothing, so nothing of them is known. */
export function knownFields(
  schema: BodySchema | undefined,
  resolve: (reference: string) => BodySchema | undefined,
  depth = 0,
): KnownFields {
  if (!schema || depth > deepest) return nothing;
  const known = new Map<string, KnownField>();
  const take = (part: BodySchema | undefined): void => {
    for (const [name, field] of knownFields(part, resolve, depth + 1)) known.set(name, field);
  };
  if (schema.$ref !== undefined) take(resolve(schema.$ref));
  for (const part of [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) take(part);
  take(schema.items);
  for (const [name, below] of Object.entries(schema.properties ?? {}))
    known.set(name, { fields: knownFields(below, resolve, depth + 1), isId: /(^|_)ids?$/.test(name) && isInteger(below) });
  return known;
}

const isInteger = ({ type, items, anyOf, oneOf }: BodySchema): boolean =>
  [type].flat().includes('integer') || (items !== undefined && isInteger(items)) || [...(anyOf ?? []), ...(oneOf ?? [])].some(isInteger);

type Found = {
  fields: Set<string>;
  counts: Record<string, number>;
  ids: Record<string, number | readonly number[]>;
  unknown: number;
  isCut: boolean;
};

/** Stands in a summary whose request says more names or ids than it holds: whoever looks for an id knows that it may be one that is left out. */
export const cutMark = { truncated: true } as const;

/**
 * What a request says, as far as it is known (contract, part 4, S78): names of fields, lengths of lists, integer ids; never a text. Where that is more than a
 * line holds, it says so.
 * @param sought the ids that its query asks for
 * @returns JSON, or null where there is nothing to say
 */
export function summaryOf(known: KnownPayload | undefined, body: unknown, query: object, sought: readonly number[] = []): string | null {
  const asked = Object.keys(query);
  const hasBody = typeof body === 'object' && body !== null;
  if (!hasBody && asked.length === 0) return null;
  const found: Found = { fields: new Set(), counts: {}, ids: {}, unknown: 0, isCut: false };
  if (hasBody) look(body, known?.body ?? nothing, '', found);
  note(sought.length === 1 ? sought[0] : sought, 'filter.id', found);
  // `filter[name_cont]` and `name_cont` alike are told by what stands before the bracket, if that is known.
  const names = new Set(asked.map((name) => name.replace(/\[.*$/s, '')).filter((name) => known?.query.has(name)));
  return textOf(found, names);
}

function textOf({ fields, counts, ids, unknown, isCut }: Found, query: ReadonlySet<string>): string | null {
  const summary = {
    ...(fields.size > 0 && { fields: [...fields] }),
    ...(Object.keys(counts).length > 0 && { counts }),
    ...(Object.keys(ids).length > 0 && { ids }),
    ...(unknown > 0 && { unknown }),
    ...(query.size > 0 && { query: [...query] }),
    ...(isCut && cutMark),
  };
  return Object.keys(summary).length > 0 ? JSON.stringify(summary) : null;
}

function look(value: unknown, known: KnownFields, path: string, found: Found): void {
  if (Array.isArray(value)) {
    for (const item of value.slice(0, mostItems)) look(item, known, path, found);
    if (value.length > mostItems) found.isCut = true;
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const name in value) {
    const field = known.get(name);
    if (!field) {
      found.unknown += 1;
      continue;
    }
    const at = path === '' ? name : `${path}.${name}`;
    if (found.fields.size >= mostNames && !found.fields.has(at)) {
      found.isCut = true;
      continue;
    }
    found.fields.add(at);
    const below = (value as Readonly<Record<string, unknown>>)[name];
    if (Array.isArray(below)) found.counts[at] = (found.counts[at] ?? 0) + below.length;
    if (field.isId) note(below, at, found);
    else if (typeof below === 'object') look(below, field.fields, at, found);
  }
}

function note(value: unknown, at: string, found: Found): void {
  const ids = [value].flat().filter(isId);
  if (ids.length === 0) return;
  const before = found.ids[at];
  if (before === undefined && !Array.isArray(value)) return void (found.ids[at] = ids[0] as number);
  const all = [...(before === undefined ? [] : [before].flat()), ...ids];
  found.ids[at] = all.slice(0, mostIds);
  if (all.length > mostIds) found.isCut = true;
}

export const isId = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

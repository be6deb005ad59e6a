import { hash } from 'node:crypto';
import type { RequestScope, Rights, StoredAnswer } from '#millwright/access';
import type { FieldScope } from '#millwright/fields';
import { fieldScopes, outputFields } from '#millwright/resources';

/** Under which a kept answer says what whoever got it could do; it is no header of HTTP, and no client sees it. */
const mark = 'held';

type Known = ReadonlySet<string> | ReadonlySet<number>;
type Asking = Pick<RequestScope, 'held' | 'principal'>;

const digests = new WeakMap<Known, string>();
const marks = new WeakMap<Known, WeakMap<Known, string>>();

/**
 * What somebody may do as few characters: the rights that fields need and he lacks, and a digest of all that he has and of the sites that exist for him.
 * Every write with a key asks, so that it is remembered.
 */
function markOf({ held, principal }: Asking): string | undefined {
  if (held === 'all') return undefined;
  const { sites } = principal.rights;
  const ofHeld = marks.get(held) ?? new WeakMap<Known, string>();
  marks.set(held, ofHeld);
  // Who is at all sites has no set of them.
  const where = sites === 'all' ? held : sites;
  const known = ofHeld.get(where);
  if (known !== undefined) return known;
  const lacked = fieldScopes.filter((scope) => !held.has(scope));
  const text = `${lacked.join(' ')}|${sites === 'all' ? digestOf(held) : digested(`${digestOf(held)} ${digestOf(sites)}`)}`;
  ofHeld.set(where, text);
  return text;
}

function digestOf(set: Known): string {
  const digest = digests.get(set) ?? digested([...set].sort().join(' '));
  digests.set(set, digest);
  return digest;
}

const digested = (text: string): string => hash('sha256', text, 'base64url').slice(0, 16);

/** Whether two may do the same, at the same sites. */
export const holdAlike = (one: Asking, other: Asking): boolean => markOf(one) === markOf(other);

/** An answer that remembers what whoever gets it could do then. */
export function remembering(answer: StoredAnswer, asking: Asking): StoredAnswer {
  const text = markOf(asking);
  return text === undefined ? answer : { ...answer, headers: { ...answer.headers, [mark]: text } };
}

/** A kept answer without what it remembers. */
export const recalled = ({ headers: { [mark]: _, ...headers }, ...rest }: StoredAnswer): StoredAnswer => ({ ...rest, headers });

type Since = Readonly<{ newlyLacked: readonly FieldScope[]; isForOthers: boolean }>;

/** Which rights of fields were taken away since a kept answer was given, and whether anything about the rights is other than it was (contract, part 4, S12). */
export function sinceGiven({ headers: { [mark]: then } }: StoredAnswer, asking: Asking): Since {
  const { held } = asking;
  if (held === 'all') return { newlyLacked: [], isForOthers: false };
  const lackedThen = new Set((then ?? '').split('|', 1)[0]?.split(' '));
  const newlyLacked = fieldScopes.filter((scope) => !held.has(scope) && !lackedThen.has(scope));
  return { newlyLacked, isForOthers: markOf(asking) !== then };
}

let scopesOfNames: Map<string, Set<FieldScope>> | undefined;

function scopesOf(name: string): ReadonlySet<FieldScope> | undefined {
  if (!scopesOfNames) {
    scopesOfNames = new Map();
    for (const [, fields] of outputFields())
      for (const { printed, seenWith } of fields)
        if (printed && seenWith) scopesOfNames.set(printed.name, (scopesOfNames.get(printed.name) ?? new Set()).add(seenWith));
  }
  return scopesOfNames.get(name);
}

/** The body of a kept answer without what may no longer be seen: null, and named in `meta.hidden`. A name that is money anywhere counts as money here. */
export function withoutLacked(body: string, lacked: readonly FieldScope[]): string {
  if (lacked.length === 0 || body === '') return body;
  const envelope = JSON.parse(body) as Record<string, unknown>;
  const root = ['data', 'result', 'results'].find((name) => name in envelope);
  if (root === undefined) return body;
  const hidden = new Set<string>();
  const seen = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => seen(item, path));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]: readonly [string, unknown]) => {
        const whole = path === '' ? name : `${path}.${name}`;
        const isPlain = typeof inner !== 'object' || inner === null;
        if (!isPlain || !lacked.some((scope) => scopesOf(name)?.has(scope))) return [name, seen(inner, whole)] as const;
        hidden.add(whole);
        return [name, null] as const;
      }),
    );
  };
  const data = seen(envelope[root], '');
  const meta = (envelope['meta'] ?? {}) as Readonly<Record<string, unknown>>;
  const before = (meta['hidden'] ?? []) as readonly string[];
  const { entity, customer, stale, hidden: _, ...others } = meta;
  const named = [...new Set([...before, ...hidden])].sort();
  const facts = { ...defined({ entity, customer, stale }), ...(named.length > 0 && { hidden: named }), ...others };
  return JSON.stringify({ ...envelope, [root]: data, meta: facts });
}

/**
 * The body of a kept answer without what it lists of sites that do not exist any more for whoever repeats it (contract, part 4, S12, S91): rows that name
 * their site, and ids of sites.
 */
export function withoutSites(body: string, sites: Rights['sites']): string {
  // A long answer is looked through rather than read: nobody else is served meanwhile, and hardly ever is a site lost.
  if (sites === 'all' || !namesOthers(body, sites)) return body;
  const whole = JSON.parse(body) as unknown;
  return leavesOut(whole, sites) ? JSON.stringify(whole) : body;
}

/** How both fields begin in a text. A quotation mark inside another text stands behind a backslash, and is followed by no such name. */
const namesSites = /"entity_ids?":(\d+|\[[\d,]*\])/y;
const [beginning, idsIn] = ['"entity_id', /\d+/g] as const;

/** Whether a body names a site that is none of these. */
function namesOthers(body: string, sites: ReadonlySet<number>): boolean {
  for (let at = body.indexOf(beginning); at >= 0; at = body.indexOf(beginning, at + beginning.length)) {
    namesSites.lastIndex = at;
    const ids = namesSites.exec(body)?.[1]?.match(idsIn) ?? [];
    if (ids.some((id) => !sites.has(Number(id)))) return true;
  }
  return false;
}

/** Takes what is listed of other sites out of a value. @returns whether there was any */
function leavesOut(value: unknown, sites: ReadonlySet<number>, name?: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!Array.isArray(value))
    return Object.entries(value)
      .map(([field, inner]) => leavesOut(inner, sites, field))
      .includes(true);
  const items = value as unknown[];
  const known = items.filter((item) => {
    const id = name === 'entity_ids' ? item : (item as Readonly<{ entity_id?: unknown }> | null)?.entity_id;
    return typeof id !== 'number' || sites.has(id);
  });
  const isLess = known.length < items.length;
  if (isLess) items.splice(0, items.length, ...known);
  return known.map((item) => leavesOut(item, sites)).includes(true) || isLess;
}

const defined = (facts: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));

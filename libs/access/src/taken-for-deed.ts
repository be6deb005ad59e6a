import type { Scope } from './domain/scopes.js';
import { requireScopes } from './require-scopes.js';
import { scopeIfAny, type RequestScope } from './request-scope.js';
import type { Held, Rights } from './rights.js';

/** Where a right is asked for: where the request works, at every site, at one of them whichever, or at that one. */
type Where = 'here' | 'everywhere' | 'anywhere' | number;

const takenBy = new WeakMap<RequestScope, Map<Where, Set<Scope>>>();

/** Has the repeats of a write be asked for what it took by what it came to, beside that of its operation (contract, part 4, S12). The key that may do all has lost nothing. */
export function noteForDeed(scope: RequestScope, scopes: readonly Scope[], where: Where): void {
  if (scope.held === 'all') return;
  const taken = takenBy.get(scope) ?? new Map<Where, Set<Scope>>();
  takenBy.set(scope, taken);
  const there = taken.get(where) ?? new Set();
  taken.set(where, there);
  for (const one of scopes) there.add(one);
}

/** Asks for a right that a write takes by what it comes to, and so do its repeats. @throws Rejection INSUFFICIENT_PERMISSIONS */
export function requireForDeed(wanted: Scope): void {
  const scope = scopeIfAny();
  if (!scope) return;
  noteForDeed(scope, [wanted], 'here');
  requireScopes(scope, [wanted]);
}

/** The same of rights at each of those sites. @throws Rejection INSUFFICIENT_PERMISSIONS naming the first that is missing; UNAVAILABLE */
export async function requireForDeedAt(scope: RequestScope, wanted: readonly Scope[], sites: 'all' | readonly number[]): Promise<void> {
  for (const where of sites === 'all' ? (['everywhere'] as const) : sites) {
    noteForDeed(scope, wanted, where);
    requireScopes({ held: await heldAt(scope, where) }, wanted);
  }
}

/** What was asked for since this was asked last, as texts without spaces: scopes, and where else than here (`a,b@7,8`). */
export function takenForDeed(scope: RequestScope): readonly string[] {
  const taken = takenBy.get(scope);
  if (!taken) return [];
  takenBy.delete(scope);
  const sitesOf = new Map<string, Where[]>();
  for (const [where, scopes] of taken) {
    const text = [...scopes].sort().join();
    if (text !== '') sitesOf.set(text, [...(sitesOf.get(text) ?? []), where]);
  }
  return [...sitesOf].map(([text, sites]) => (sites.join() === 'here' ? text : `${text}@${sites.join()}`)).sort();
}

/** Asks for what a write took, as `takenForDeed` says it. @throws Rejection INSUFFICIENT_PERMISSIONS, UNAVAILABLE */
export async function requireTaken(scope: RequestScope, taken: readonly string[]): Promise<void> {
  for (const text of taken) {
    const [scopes = '', sites = 'here'] = text.split('@');
    for (const site of sites.split(',')) {
      const where = site === 'here' || site === 'everywhere' || site === 'anywhere' ? site : Number(site);
      requireScopes({ held: await heldAt(scope, where) }, scopes.split(','));
    }
  }
}

function heldAt({ held, principal: { rights } }: RequestScope, where: Where): Held | ReturnType<Rights['everywhere']> {
  if (where === 'here') return held;
  return typeof where === 'number' ? rights.at(where) : rights[where]();
}

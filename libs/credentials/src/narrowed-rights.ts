import type { Held, Rights, Rows, Scope } from '#millwright/access';
import { whenKnown } from '#millwright/event-sourcing';
import type { Sites } from './domain/credentials.events.js';

/** What a credential is made for. */
export type Bounds = Readonly<{
  scopes: ReadonlySet<Scope>;
  sites: Sites;
  /** All sites of the customer. @throws Rejection UNAVAILABLE */
  everySite(): readonly number[] | Promise<readonly number[]>;
  /** Which rows a role of its own shows it; left out, those that its owner sees. */
  rows?: Rows;
}>;

const nothing: ReadonlySet<Scope> = new Set();

/** Of what somebody may do, the part that a credential is made for; the other way round, nothing that he may not do himself (contract, part 4, S8). */
export class NarrowedRights implements Rights {
  constructor(
    private readonly whole: Rights,
    private readonly bounds: Bounds,
  ) {}

  at(entityId: number): Held {
    const { scopes, sites } = this.bounds;
    return sites === 'all' || sites.includes(entityId) ? within(scopes, this.whole.at(entityId)) : nothing;
  }

  rowsAt(entityId: number): Rows {
    return this.bounds.rows ?? this.whole.rowsAt?.(entityId) ?? 'all';
  }

  anywhere(): Held {
    const { scopes, sites } = this.bounds;
    if (sites === 'all') return within(scopes, this.whole.anywhere());
    return new Set(sites.flatMap((id) => [...within(scopes, this.whole.at(id))]));
  }

  everywhere(): Held | Promise<Held> {
    const { scopes, sites, everySite } = this.bounds;
    if (sites === 'all') return whenKnown(this.whole.everywhere(), (held) => within(scopes, held));
    return whenKnown(everySite(), (ids) => new Set([...scopes].filter((scope) => ids.every((id) => has(this.at(id), scope)))));
  }

  get sites(): 'all' | ReadonlySet<number> {
    const { sites } = this.bounds;
    const { sites: whole } = this.whole;
    return sites === 'all' ? whole : sitesWithin(sites, whole);
  }
}

const has = (held: Held, scope: Scope): boolean => held === 'all' || held.has(scope);

type SomeSites = Exclude<Sites, 'all'>;

const rememberedSites = new WeakMap<SomeSites, WeakMap<object, ReadonlySet<number>>>();

/** What is in both, the same set each time: what is remembered of somebody's sites is remembered by it. */
function sitesWithin(sites: SomeSites, whole: Rights['sites']): ReadonlySet<number> {
  const ofSites = rememberedSites.get(sites) ?? new WeakMap<object, ReadonlySet<number>>();
  rememberedSites.set(sites, ofSites);
  const key = whole === 'all' ? sites : whole;
  const both = ofSites.get(key) ?? new Set(whole === 'all' ? sites : sites.filter((id) => whole.has(id)));
  ofSites.set(key, both);
  return both;
}

const remembered = new WeakMap<ReadonlySet<Scope>, WeakMap<ReadonlySet<Scope>, ReadonlySet<Scope>>>();

/** What is in both. It is remembered, for every request of a credential asks. */
function within(scopes: ReadonlySet<Scope>, held: Held): ReadonlySet<Scope> {
  if (held === 'all') return scopes;
  const ofScopes = remembered.get(scopes) ?? new WeakMap<ReadonlySet<Scope>, ReadonlySet<Scope>>();
  remembered.set(scopes, ofScopes);
  const both = ofScopes.get(held) ?? new Set([...scopes].filter((scope) => held.has(scope)));
  ofScopes.set(held, both);
  return both;
}

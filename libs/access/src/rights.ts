import type { Scope } from './domain/scopes.js';

/** What somebody may do somewhere. The bootstrap key may do all there is. */
export type Held = 'all' | ReadonlySet<Scope>;

/** Which rows somebody sees of what belongs to work orders and requests: those assigned to him, his own requests, or all (contract, part 4, section 3). */
export type Rows = 'all' | 'assigned' | 'own';

/** What a credential may do at this moment, by site: it is asked at every request, and never kept (contract, part 4, S8, S54). */
export interface Rights {
  /** Nothing at a site that it has no permission in, or that does not exist. */
  at(entityId: number): Held;
  /** What it may do at one site at least: enough to read what belongs to the whole customer (S5). */
  anywhere(): Held;
  /**
   * What it may do at every site of the customer: needed to write what belongs to the whole customer (S5).
   * @throws Rejection UNAVAILABLE
   */
  everywhere(): Held | Promise<Held>;
  /** Which rows it sees there of what belongs to work orders and requests; left out, all of them (S18). */
  rowsAt?(entityId: number): Rows;
  /** The sites that exist for it. */
  readonly sites: 'all' | ReadonlySet<number>;
}

/** The same at every site, present and future. */
export const alike = (held: Held): Rights => ({ at: () => held, anywhere: () => held, everywhere: () => held, sites: 'all' });

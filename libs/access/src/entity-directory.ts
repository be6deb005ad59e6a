import type { EntityScope, RequestScope } from './request-scope.js';

/** A site, whether it is archived, and whether technicians see all of its work orders and not only theirs. */
export type FoundEntity = Readonly<{ entity: EntityScope; archived: boolean; techniciansSeeAll?: boolean }>;

/**
 * Where the edge asks whose a site is. Entities and customers are records of their own lib, which implements this
 * (exactly, from the event store: a site that was just created must be found).
 */
export abstract class EntityDirectory {
  /** Null when there is no such site or it belongs to another customer: the two must look the same. */
  abstract find(customerId: number, entityId: number): Promise<FoundEntity | null>;
  /** The same without looking: what this process has read or appended last; undefined where it has not seen the site lately. */
  abstract known(customerId: number, entityId: number): FoundEntity | undefined;
  /** The numbers of a customer's sites that are not archived. @throws Rejection UNAVAILABLE */
  abstract idsOf(customerId: number): Promise<readonly number[]>;
  abstract customer(customerId: number): Promise<RequestScope['customer']>;
}

import type { EntityScope, RequestScope } from './request-scope.js';

/** A site, and whether it is archived. */
export type FoundEntity = Readonly<{ entity: EntityScope; archived: boolean }>;

/**
 * Where the edge asks whose a site is. Entities and customers are records of their own lib, which implements this
 * (exactly, from the event store: a site that was just created must be found); the edge caches what it hears for a second.
 */
export abstract class EntityDirectory {
  /** Null when there is no such site or it belongs to another customer: the two must look the same. */
  abstract find(customerId: number, entityId: number): Promise<FoundEntity | null>;
  /** Whether a site that was found a moment ago is archived, as far as this process knows: what it has appended itself it knows at once. */
  abstract isArchived(entityId: number): boolean;
  abstract customer(customerId: number): Promise<RequestScope['customer']>;
}

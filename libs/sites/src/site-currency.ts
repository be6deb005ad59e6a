import { Injectable } from '@nestjs/common';
import { currentEntity } from '#millwright/access';
import { currentContext, EventStore, runInContext } from '#millwright/event-sourcing';
import { markRecord, type RecordState } from '#millwright/resources';
import { currencyFixed, entities } from './entities.js';

/**
 * What a site's amounts are in. A stream knows nothing of another, so before the first amount of a site is recorded its own stream is told so,
 * on which its currency is decided: of a first amount and another currency at the same moment one comes first, whichever processes they are at,
 * and the amount is in the currency that stands then. What ends between the two leaves a site that keeps its currency.
 */
@Injectable()
export class SiteCurrency {
  constructor(private readonly events: EventStore) {}

  /** Has `work` record an amount of the request's site, whose decision asks for its currency (`now`). A site whose currency is known to be fixed costs nothing. */
  fixed<T>(work: () => Promise<T>): Promise<T> {
    const { id } = currentEntity();
    const unmet = (): Promise<unknown> | undefined => (this.known(id)?.marks?.includes(currencyFixed) ? undefined : this.fix(id));
    return runInContext({ ...currentContext(), premise: { unmet } }, work);
  }

  /** By all that this process knows, which is for ever once it is fixed. */
  now(): string {
    const { id, currency } = currentEntity();
    return String(this.known(id)?.values.currency ?? currency);
  }

  private known(entityId: number): RecordState<{ currency: string }> | undefined {
    return this.events.recent(entities.stream, entityId);
  }

  /** Belongs to no site's records, as what else is said of sites, and neither to the tag nor to the key of the request, which are about what it records. */
  private fix(entityId: number): Promise<unknown> {
    const { expectedRevisions: _tag, idempotency: _key, commits: _commits, premise: _premise, ...context } = currentContext();
    return this.events.execute(entities.stream, entityId, (state) => markRecord(entities.typeName, currencyFixed, state), {
      context: { ...context, entityId: null },
    });
  }
}

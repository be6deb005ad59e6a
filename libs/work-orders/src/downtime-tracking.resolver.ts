import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { RelatedRecords } from '#millwright/resources';
import { downtimeTracking, latestDowntimes } from './downtime-tracking.js';
import { workOrders } from './work-order.resource.js';

/** What a work order shows of the downtimes of assets. */
@Resolver(() => workOrders.output)
export class DowntimeTrackingResolver {
  constructor(private readonly related: RelatedRecords) {}

  @ResolveField('downtimeTracking', () => downtimeTracking.type, {
    nullable: true,
    description: 'The latest downtime that names it; null where none does.',
  })
  downtimeTracking(@Parent() { id }: Row): Promise<Row | undefined> {
    return this.related.load(latestDowntimes, Number(id));
  }
}

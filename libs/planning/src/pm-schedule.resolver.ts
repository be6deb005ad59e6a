import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { RelatedRecords } from '#millwright/resources';
import { pmSchedules } from './pm-schedule.resource.js';
import { progression, progressionOf } from './progression.js';

/** What a schedule shows beside its fields. */
@Resolver(() => pmSchedules.output)
export class PmScheduleFiguresResolver {
  constructor(private readonly related: RelatedRecords) {}

  @ResolveField('progression', () => progression.type, {
    nullable: true,
    description: 'How far the order that was raised last has come; null without one.',
  })
  progression(@Parent() row: Row): Promise<Row | undefined> {
    return progressionOf(row, this.related);
  }
}

import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { idOfPath, OverGraphql } from '#millwright/resources';
import { downtimeReads } from './downtime.operations.js';
import { ReliabilityReader } from './reliability-reader.js';
import { assetReliability } from './reliability.shown.js';

@Resolver(() => assetReliability.type)
export class ReliabilityResolver {
  constructor(private readonly reader: ReliabilityReader) {}

  @Query(() => assetReliability.type, {
    name: 'assetReliability',
    nullable: true,
    description: 'How reliably an asset ran in a period. Refused with NOT_FOUND, VALIDATION_FAILED.',
  })
  @OverGraphql(downtimeReads.reliability)
  assetReliability(
    @Args('assetId', { type: () => ID, description: 'The number of the asset.' }) assetId: string,
    @Args('from', { type: () => String, description: 'An instant, or the first day at the site: 2026-01-01.' }) from: string,
    @Args('to', { type: () => String, description: 'An instant, excluded, or the last day at the site, included.' }) to: string,
  ): Promise<Row> {
    return this.reader.row(idOfPath(assetId), { from, to });
  }
}

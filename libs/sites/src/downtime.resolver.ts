import { Args, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, type ListArguments } from '#millwright/lists';
import { idOfPath, OverGraphql } from '#millwright/resources';
import { assets } from './assets.js';
import { downtimeReads } from './downtime.operations.js';
import { downtime } from './downtime.shown.js';
import { DowntimeReader } from './downtime-reader.js';
import { downtimeList } from './read-models/downtime-list.js';

const DowntimeConnection = connectionOf('Downtime', () => downtime.type);
const DowntimeListArguments = listArgumentsOf('Downtime', downtimeList);

/** What an asset shows beside its fields. */
@Resolver(() => assets.output)
export class AssetDowntimesResolver {
  constructor(private readonly reader: DowntimeReader) {}

  @ResolveField('downtimes', () => DowntimeConnection, { complexity: listComplexity, description: 'When it was down, the latest first.' })
  async downtimes(@Parent() row: Row, @Args({ type: () => DowntimeListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.reader.page(Number(row['id']), list));
  }
}

@Resolver(() => downtime.type)
export class DowntimesResolver {
  constructor(private readonly reader: DowntimeReader) {}

  @Query(() => downtime.type, { name: 'downtime', nullable: true, description: "One of an asset's downtimes. Refused with NOT_FOUND." })
  @OverGraphql(downtimeReads.one)
  downtime(
    @Args('assetId', { type: () => ID, description: 'The number of the asset.' }) assetId: string,
    @Args('id', { type: () => ID, description: 'The number of the downtime.' }) id: string,
  ): Promise<Row> {
    return this.reader.row(idOfPath(assetId), idOfPath(id));
  }
}

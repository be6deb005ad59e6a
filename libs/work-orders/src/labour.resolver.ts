import { Args, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, type ListArguments } from '#millwright/lists';
import { idOfPath, OverGraphql } from '#millwright/resources';
import { LaborEntryReader } from './labor-entry-reader.js';
import { laborEntry } from './labor-entry.shown.js';
import { labourReads } from './labour.operations.js';
import { laborEntryList } from './read-models/labor-entry-list.js';
import { workOrders } from './work-order.resource.js';

const LaborEntryConnection = connectionOf('LaborEntry', () => laborEntry.type);
const LaborEntryListArguments = listArgumentsOf('LaborEntry', laborEntryList);

/** What a work order shows of the work that was done on it. */
@Resolver(() => workOrders.output)
export class WorkOrderLabourResolver {
  constructor(private readonly reader: LaborEntryReader) {}

  @ResolveField('laborEntries', () => LaborEntryConnection, { complexity: listComplexity, description: 'The work that was done on it.' })
  async laborEntries(@Parent() row: Row, @Args({ type: () => LaborEntryListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.reader.page(Number(row['id']), list));
  }
}

@Resolver(() => laborEntry.type)
export class LaborEntriesResolver {
  constructor(private readonly reader: LaborEntryReader) {}

  @Query(() => laborEntry.type, { name: 'laborEntry', nullable: true, description: 'Work on a work order. Refused with NOT_FOUND.' })
  @OverGraphql(labourReads.one)
  laborEntry(
    @Args('workOrderId', { type: () => ID, description: 'The number of the work order.' }) workOrderId: string,
    @Args('id', { type: () => ID, description: 'The number of the entry.' }) id: string,
  ): Promise<Row> {
    return this.reader.row(idOfPath(workOrderId), idOfPath(id));
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, ApiListQuery, OverRest, PathId, type Answer } from '#millwright/resources';
import { LaborEntryReader } from './labor-entry-reader.js';
import { laborEntry } from './labor-entry.shown.js';
import { labourReads } from './labour.operations.js';
import { laborEntryList } from './read-models/labor-entry-list.js';
import { workOrders } from './work-order.resource.js';

@ApiHeading('work orders', workOrders.heading)
@Controller('api/v1/work_orders/:id/labor_entries')
export class LaborEntriesController {
  constructor(private readonly entries: LaborEntryReader) {}

  @Get()
  @OverRest(labourReads.list)
  @ApiListQuery(laborEntryList)
  @ApiAnswer(laborEntry.type, { list: true })
  list(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.entries.list(id, query);
  }

  @Get(':labor_entry_id')
  @OverRest(labourReads.one)
  @ApiAnswer(laborEntry.type)
  one(@PathId() id: number, @PathId('labor_entry_id') entryId: number): Promise<Answer> {
    return this.entries.one(id, entryId);
  }
}

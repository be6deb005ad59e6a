import { Controller, Get, Query } from '@nestjs/common';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, ApiListQuery, OverRest, PathId, type Answer } from '#millwright/resources';
import { assets } from './assets.js';
import { downtimeReads } from './downtime.operations.js';
import { downtime } from './downtime.shown.js';
import { DowntimeReader } from './downtime-reader.js';
import { downtimeList } from './read-models/downtime-list.js';

@ApiHeading('assets', assets.heading)
@Controller('api/v1/assets/:id/downtimes')
export class DowntimesController {
  constructor(private readonly downtimes: DowntimeReader) {}

  @Get()
  @OverRest(downtimeReads.list)
  @ApiListQuery(downtimeList)
  @ApiAnswer(downtime.type, { list: true })
  list(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.downtimes.list(id, query);
  }

  @Get(':downtime_id')
  @OverRest(downtimeReads.one)
  @ApiAnswer(downtime.type)
  one(@PathId() id: number, @PathId('downtime_id') downtimeId: number): Promise<Answer> {
    return this.downtimes.one(id, downtimeId);
  }
}

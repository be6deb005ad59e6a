import { Controller, Get, Query } from '@nestjs/common';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, ApiListQuery, OverRest, PathId, type Answer } from '#millwright/resources';
import { timerReads } from './timer.operations.js';
import { timerList } from './read-models/timer-list.js';
import { runningTimer } from './timer.shown.js';
import { TimerReader } from './timer-reader.js';

@ApiHeading('timers', 'Who is working on what right now.')
@Controller('api/v1/timers')
export class TimersController {
  constructor(private readonly timers: TimerReader) {}

  @Get()
  @OverRest(timerReads.list)
  @ApiListQuery(timerList)
  @ApiAnswer(runningTimer.type, { list: true })
  list(@Query() query: RawQuery): Promise<Answer> {
    return this.timers.list(query);
  }

  @Get(':id')
  @OverRest(timerReads.one)
  @ApiAnswer(runningTimer.type)
  one(@PathId() id: number): Promise<Answer> {
    return this.timers.one(id);
  }
}

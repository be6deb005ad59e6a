import { applyDecorators, Controller, Get, Query } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, OverRest, PathId, type Answer } from '#millwright/resources';
import { OccurrenceReader } from './occurrences.js';
import { pmCalendarEntry, pmOccurrence } from './occurrences.shown.js';
import { pmScheduleReads } from './pm-schedule.operations.js';
import { pmSchedules } from './pm-schedule.resource.js';

const place = { type: 'string', example: '2026-01-01' } as const;
const ApiPeriod = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'from', required: true, schema: place, description: 'An instant or the first day.' }),
    ApiQuery({ name: 'to', required: true, schema: place, description: 'An instant, excluded, or the last day, included.' }),
  );

@ApiHeading('PM schedules', pmSchedules.heading)
@Controller('api/v1/pm_schedules')
export class OccurrencesController {
  constructor(private readonly occurrences: OccurrenceReader) {}

  @Get('calendar')
  @OverRest(pmScheduleReads.calendar)
  @ApiPeriod()
  @ApiAnswer(pmCalendarEntry.type, { list: true })
  calendar(@Query() query: RawQuery): Promise<Answer> {
    return this.occurrences.answerOfSite(query);
  }

  @Get(':id/occurrences')
  @OverRest(pmScheduleReads.occurrences)
  @ApiPeriod()
  @ApiAnswer(pmOccurrence.type, { list: true })
  one(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.occurrences.answerOfSchedule(id, query);
  }
}

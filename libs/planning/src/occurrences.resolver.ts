import { Args, Field, ID, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { idOfPath, OverGraphql } from '#millwright/resources';
import { OccurrenceReader } from './occurrences.js';
import { pmCalendarEntry, pmOccurrence } from './occurrences.shown.js';
import { pmScheduleReads } from './pm-schedule.operations.js';

const more = 'Whether the period has more than these 1,000.';

@ObjectType({ description: 'The dates of a PM schedule in a period.' })
class PmOccurrences {
  @Field(() => [pmOccurrence.type], { description: 'In the order of their dates.' }) rows!: object[];
  @Field(() => Boolean, { description: more }) hasMore!: boolean;
}

@ObjectType({ description: 'The dates of all PM schedules of a site in a period.' })
class PmCalendar {
  @Field(() => [pmCalendarEntry.type], { description: 'In the order of their dates.' }) rows!: object[];
  @Field(() => Boolean, { description: more }) hasMore!: boolean;
}

const From = (): ParameterDecorator =>
  Args('from', { type: () => String, description: 'An instant, or the first day at the site: 2026-01-01.' });
const To = (): ParameterDecorator =>
  Args('to', { type: () => String, description: 'An instant, excluded, or the last day at the site, included.' });
const complexity = ({ childComplexity }: { childComplexity: number }): number => 100 + 100 * childComplexity;

@Resolver()
export class OccurrencesResolver {
  constructor(private readonly occurrences: OccurrenceReader) {}

  @Query(() => PmOccurrences, {
    name: 'pmOccurrences',
    nullable: true,
    complexity,
    description: 'What was raised and skipped of a PM schedule, and what is to come. Refused with NOT_FOUND, VALIDATION_FAILED.',
  })
  @OverGraphql(pmScheduleReads.occurrences)
  async pmOccurrences(
    @Args('pmScheduleId', { type: () => ID, description: 'The number of the PM schedule.' }) pmScheduleId: string,
    @From() from: string,
    @To() to: string,
  ): Promise<PmOccurrences> {
    const { rows, has_more: hasMore } = await this.occurrences.ofSchedule(idOfPath(pmScheduleId), { from, to });
    return { rows: [...rows], hasMore };
  }

  @Query(() => PmCalendar, {
    name: 'pmCalendar',
    nullable: true,
    complexity,
    description: 'The dates of all PM schedules of the site that are not archived. Refused with VALIDATION_FAILED.',
  })
  @OverGraphql(pmScheduleReads.calendar)
  async pmCalendar(@From() from: string, @To() to: string): Promise<PmCalendar> {
    const { rows, has_more: hasMore } = await this.occurrences.ofSite({ from, to });
    return { rows: [...rows], hasMore };
  }
}

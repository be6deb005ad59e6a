import { passedThrough } from './pm-occurrences.js';
import type { PmScheduleEvent } from './pm-schedule.events.js';
import type { PmSchedule } from './pm-schedule.state.js';

/** Whether a site is archived, and the revision of its stream at which it was read. */
export type SiteArchiving = Readonly<{ siteArchived: boolean; siteRevision: number }>;

/**
 * Holds the schedule while its site is archived. Once that is brought back at `now`, dates of the time in between are numbered, and neither raised nor
 * counted, as those of a pause; one that is paused or archived itself stays so. Nothing, where it is so already, nor where a later state was read before.
 */
export function followSite(
  schedule: PmSchedule,
  { siteArchived, siteRevision }: SiteArchiving,
  { now }: Readonly<{ now: string }>,
): PmScheduleEvent[] {
  const { pmScheduleId, site } = schedule;
  if (pmScheduleId === null || siteArchived === site.archived || siteRevision <= (site.revision ?? -1)) return [];
  if (siteArchived) return [{ type: 'PmScheduleSiteArchived', data: { siteRevision } }];
  // Told late, the end of that time may lie before that of a pause, whose dates do not come back.
  const { notBefore } = schedule.passed;
  const until = notBefore !== null && Date.parse(notBefore) > Date.parse(now) ? notBefore : now;
  return [{ type: 'PmScheduleSiteUnarchived', data: { siteRevision, ...passedThrough(schedule, until) } }];
}

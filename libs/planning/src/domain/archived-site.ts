import { passedThrough } from './pm-occurrences.js';
import { followTimeZone, type SiteZone } from './pm-schedule-registration.js';
import type { PmScheduleEvent } from './pm-schedule.events.js';
import { pmSchedule } from './pm-schedule.js';
import type { PmSchedule } from './pm-schedule.state.js';

/** Whether a site is archived, and the revision of its stream at which it was read. */
export type SiteArchiving = Readonly<{ siteArchived: boolean; siteRevision: number }>;

/**
 * Whether that is another state of the schedule's site, and no earlier one. Whoever registers a schedule has read up to which event of the site, and not
 * whether it was archived by then: what says so of the same event is news.
 */
const isNews = ({ pmScheduleId, site }: PmSchedule, { siteArchived, siteRevision }: SiteArchiving): boolean =>
  pmScheduleId !== null && siteArchived !== site.archived && siteRevision >= (site.revision ?? -1);

/** Holds the schedule of a site that is archived at that revision of its stream; nothing, where it is held for that, or where a later state was read before. */
export const holdSchedule = (schedule: PmSchedule, siteRevision: number): PmScheduleEvent[] =>
  isNews(schedule, { siteArchived: true, siteRevision }) ? [{ type: 'PmScheduleSiteArchived', data: { siteRevision } }] : [];

/**
 * Holds the schedule while its site is archived. Once that is brought back at `now`, dates of the time in between are numbered, and neither raised nor
 * counted, as those of a pause; one that is paused or archived itself stays so. Nothing, where it is so already, nor where a later state was read before.
 */
export function followSite(schedule: PmSchedule, site: SiteArchiving, { now }: Readonly<{ now: string }>): PmScheduleEvent[] {
  const { siteRevision } = site;
  if (site.siteArchived) return holdSchedule(schedule, siteRevision);
  if (!isNews(schedule, site)) return [];
  // Told late, the end of that time may lie before that of a pause, whose dates do not come back.
  const { notBefore } = schedule.passed;
  const until = notBefore !== null && Date.parse(notBefore) > Date.parse(now) ? notBefore : now;
  return [{ type: 'PmScheduleSiteUnarchived', data: { siteRevision, ...passedThrough(schedule, until) } }];
}

/** What a site is and, where it is back, since when, RFC 3339 in UTC. */
export type SiteSince = SiteZone & SiteArchiving & Readonly<{ since?: string }>;

/**
 * A decision by what the site is at `now`; one that was moved or brought back a moment ago has not reached every schedule. What is done to a schedule first is
 * no reason for it to pass over dates that came after the return.
 */
export function followingSite(
  schedule: PmSchedule,
  site: SiteSince,
  now: string,
  decide: (schedule: PmSchedule) => readonly PmScheduleEvent[],
): PmScheduleEvent[] {
  const moved = followTimeZone(schedule, site);
  const there = moved.reduce(pmSchedule.evolve, schedule);
  const followed = [...moved, ...followSite(there, site, { now: site.since ?? now })];
  const decided = decide(followed.reduce(pmSchedule.evolve, schedule));
  return decided.length === 0 ? [] : [...followed, ...decided];
}

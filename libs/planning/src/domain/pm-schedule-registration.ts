import { changedFields, Rejection } from '#millwright/event-sourcing/decider';
import { endOf } from './coming-dates.js';
import { behindIn, daysTakenFrom } from './dates-behind.js';
import { hasMoreThan, passedThrough } from './pm-occurrences.js';
import type { PmScheduleDetails, PmScheduleEvent, WorkOrderTemplate } from './pm-schedule.events.js';
import { pmSchedule } from './pm-schedule.js';
import { invalid, isHeld, requireInUse, requireRegistered, type PmSchedule } from './pm-schedule.state.js';

/** Dates that a new schedule may raise at once. */
const mostAtOnce = 1_000;

/** The time zone of a site, an IANA name, and the revision of its stream at which it was read. */
export type SiteZone = Readonly<{ timeZone: string; siteRevision: number }>;

export type RegisterPmSchedule = SiteZone &
  Readonly<{
    pmScheduleId: number;
    templateWorkOrderId: number;
    details: PmScheduleDetails;
    template: WorkOrderTemplate;
    now: string;
  }>;

/** @throws Rejection CONFLICT the id is taken; VALIDATION_FAILED (out_of_range) it ends before it starts, or more than 1,000 dates would be raised at once */
export function registerSchedule(schedule: PmSchedule, { now, ...data }: RegisterPmSchedule): PmScheduleEvent[] {
  if (schedule.pmScheduleId !== null) throw new Rejection('CONFLICT', 'A PM schedule with this id exists already.');
  requireOrder(data.details, data.timeZone);
  const registered: PmScheduleEvent = { type: 'PmScheduleRegistered', data };
  if (data.details.catchUp === 'all' && hasMoreThan(pmSchedule.evolve(schedule, registered), mostAtOnce, now))
    throw invalid('pm_schedule.start_date', 'out_of_range', `lies so far back that more than ${mostAtOnce} dates would be raised at once`);
  return [registered];
}

export type ChangePmSchedule = Readonly<{ changes: Partial<PmScheduleDetails>; template: Partial<WorkOrderTemplate>; now: string }>;

/** What dates follow from. */
const dateFields: ReadonlySet<string> = new Set([
  'type',
  'startDate',
  'endDate',
  'maxOccurrences',
  'repeatFrequency',
  'repeatInterval',
  'repeatOccurrence',
  'onWeekDays',
  'inMonths',
  'onMonthDay',
]);

/**
 * Edits what really differs. Other dates hold from now on: numbers go on, nothing that lies before is raised for the change, and no day that has its order,
 * today's or one ahead, gets another (S17).
 * @throws Rejection NOT_FOUND; CONFLICT archived; VALIDATION_FAILED (out_of_range) it ends before it starts
 */
export function changeSchedule(schedule: PmSchedule, { changes, template, now }: ChangePmSchedule): PmScheduleEvent[] {
  requireInUse(schedule);
  const changed = changedFields(schedule.details, { ...changes, ...(isOfItsOrders(schedule, changes, template) && { title: null }) });
  const changedTemplate = changedFields(schedule.template, template);
  const names = Object.keys(changed);
  if (names.length + Object.keys(changedTemplate).length === 0) return [];
  if (!names.some((name) => dateFields.has(name)))
    return [{ type: 'PmScheduleChanged', data: { changes: changed, template: changedTemplate } }];
  const details = { ...schedule.details, ...changed };
  requireOrder(details, schedule.timeZone);
  // Of a site that is back, the schedule may not have been told yet: the dates of that time count as passed either way.
  const passed = isHeld(schedule) ? passedThrough(schedule, now) : { from: now, number: schedule.passed.number };
  const daysTaken = daysTakenFrom(schedule, details, Date.parse(now));
  const newDates = { ...passed, ...(daysTaken && { daysTaken }) };
  return [{ type: 'PmScheduleChanged', data: { changes: changed, template: changedTemplate, newDates } }];
}

/** Whether its title is said as that of its orders, which a schedule without one of its own is shown with. */
const isOfItsOrders = (
  { details, template: before }: PmSchedule,
  { title }: Partial<PmScheduleDetails>,
  template: Partial<WorkOrderTemplate>,
): boolean => details.title === null && title === (template['title'] ?? before['title']);

function requireOrder(details: PmScheduleDetails, timeZone: string): void {
  if (endOf(details, timeZone) < Date.parse(details.startDate))
    throw invalid('pm_schedule.end_date', 'out_of_range', 'must not lie before start_date', ['start_date']);
}

/** Dates follow the site's zone (S67). Nothing, where they do, nor where a later one was read before. */
export const followTimeZone = (schedule: PmSchedule, { timeZone, siteRevision }: SiteZone): PmScheduleEvent[] =>
  schedule.pmScheduleId === null || siteRevision <= (schedule.siteRevision ?? -1) || schedule.timeZone === timeZone
    ? []
    : [{ type: 'PmScheduleTimeZoneChanged', data: { timeZone, siteRevision, ...behindIn(schedule, timeZone) } }];

/** Puts the schedule away: it raises nothing; its orders stay. @throws Rejection NOT_FOUND */
export function archiveSchedule(schedule: PmSchedule): PmScheduleEvent[] {
  requireRegistered(schedule);
  return schedule.archived ? [] : [{ type: 'PmScheduleArchived', data: {} }];
}

/** Brings it back, which resumes it. @throws Rejection NOT_FOUND */
export function unarchiveSchedule(schedule: PmSchedule, { now }: Readonly<{ now: string }>): PmScheduleEvent[] {
  requireRegistered(schedule);
  return schedule.archived ? [{ type: 'PmScheduleUnarchived', data: passedThrough(schedule, now) }] : [];
}

import { Set as PersistentSet } from 'immutable';
import { Rejection, type Detail, type DetailCode, type RecordHistory } from '#millwright/event-sourcing/decider';
import type { PmScheduleDetails, WorkOrderTemplate } from './pm-schedule.events.js';

/** Which dates are behind. Times are RFC 3339 in UTC. */
export type Passed = Readonly<{
  /** The number of the last date, 0 before the first. */
  number: number;
  /** The last date that was raised or skipped by the rule of now, where it lies in the zone of now. */
  date: string | null;
  /** No date up to here is raised: its rule changed then, or a pause ended. */
  notBefore: string | null;
  /** Days at the site (`2026-03-02`) that get no other date: an earlier rule raised or skipped one there, or the schedule is floating and did. */
  daysTaken: readonly string[];
}>;

/** The occurrence that was raised last, whatever became of its order. */
export type LastRaised = Readonly<{ number: number; date: string; workOrderId: number }>;

/** A schedule of preventive maintenance as its events make it. */
export type PmSchedule = Readonly<{
  /** Null before it is registered. */
  pmScheduleId: number | null;
  templateWorkOrderId: number;
  /** The site's, an IANA name. */
  timeZone: string;
  /** Which event of the site it had that zone after: nothing older changes it. Null in what earlier releases wrote. */
  siteRevision: number | null;
  details: PmScheduleDetails;
  template: WorkOrderTemplate;
  passed: Passed;
  /** The instant that the timer last decided: the next one is later, whatever the dates are. */
  decidedAt: string | null;
  /** What a floating schedule counts from: when the last order was closed, or a date skipped. Null: nothing was, or the last order is open. */
  countsFrom: string | null;
  last: LastRaised | null;
  openOrders: PersistentSet<number>;
  /** Dates that got no order, but for those of a pause. */
  skippedCount: number;
  paused: boolean;
  archived: boolean;
  /** Whether its site is archived, and which event of the site says so: nothing older changes it. Null before it is known. */
  site: Readonly<{ archived: boolean; revision: number | null }>;
  history: RecordHistory | undefined;
}>;

const noDetails: PmScheduleDetails = {
  type: 'persistent',
  title: null,
  startDate: '1970-01-01T00:00:00.000Z',
  endDate: null,
  maxOccurrences: null,
  timeToComplete: null,
  repeatFrequency: 'none',
  repeatInterval: 1,
  repeatOccurrence: 'every',
  onWeekDays: [],
  inMonths: [],
  onMonthDay: null,
  whenUncompleted: 'raise',
  catchUp: 'latest',
  leadTimeHours: '0',
  externalReference: null,
};

export const unknownPmSchedule: PmSchedule = {
  pmScheduleId: null,
  templateWorkOrderId: 0,
  timeZone: 'Etc/UTC',
  siteRevision: null,
  details: noDetails,
  template: { partAssignments: [] },
  passed: { number: 0, date: null, notBefore: null, daysTaken: [] },
  decidedAt: null,
  countsFrom: null,
  last: null,
  openOrders: PersistentSet(),
  skippedCount: 0,
  paused: false,
  archived: false,
  site: { archived: false, revision: null },
  history: undefined,
};

/** Whether no date comes until somebody says so: it is paused or archived, or its site is archived. */
export const isHeld = ({ paused, archived, site }: Pick<PmSchedule, 'paused' | 'archived' | 'site'>): boolean =>
  paused || archived || site.archived;

/** The order that the schedule raised last has not been closed. */
export const isLastOpen = ({ last, openOrders }: Pick<PmSchedule, 'last' | 'openOrders'>): boolean =>
  last !== null && openOrders.has(last.workOrderId);

/** Says what is wrong with one field of the input. */
export const invalid = (field: string, code: DetailCode, message: string, names?: Detail['names']): Rejection =>
  new Rejection('VALIDATION_FAILED', `${field} ${message}`, [{ field, code, message, ...(names && { names }) }]);

/** @throws Rejection NOT_FOUND it was never registered */
export function requireRegistered({ pmScheduleId }: PmSchedule): void {
  if (pmScheduleId === null) throw new Rejection('NOT_FOUND', 'There is no such PM schedule.');
}

/** @throws Rejection NOT_FOUND; CONFLICT the schedule is archived */
export function requireInUse(schedule: PmSchedule): void {
  requireRegistered(schedule);
  if (schedule.archived) throw new Rejection('CONFLICT', 'The PM schedule is archived; bring it back first.');
}

import type { Event } from '#millwright/event-sourcing/decider';
import type { Decimal } from '#millwright/quantities';
import type { Rule } from './recurrence.js';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/** The fields of `pm-schedule.fields.ts` under their names in camelCase; those that rules ask are named here. Times are RFC 3339 in UTC. */
export type PmScheduleDetails = Rule &
  Readonly<{
    type: 'persistent' | 'floating';
    /** Null: that of its work orders. */
    title: string | null;
    /** The last instant, or the last day at the site (`2026-12-31`), that has a date. */
    endDate: string | null;
    /** The number of the last date. */
    maxOccurrences: number | null;
    /** Hours from the date until the order is due. */
    timeToComplete: Decimal | null;
    whenUncompleted: 'raise' | 'skip';
    catchUp: 'latest' | 'all';
    /** Hours before the date at which its order is opened. */
    leadTimeHours: Decimal;
    externalReference: string | null;
    [field: string]: unknown;
  }>;

/** A part that each order of a schedule is to have, and how many. */
export type TemplatePart = Readonly<{ partId: number; quantity: Decimal }>;

/** What each order of a schedule is opened with: fields of a work order in camelCase, and its parts. */
export type WorkOrderTemplate = Readonly<{ partAssignments: readonly TemplatePart[]; [field: string]: unknown }>;

/**
 * A schedule came to be. `templateWorkOrderId` numbers its template; `timeZone` is the site's, an IANA name, which it had after the event of that revision
 * in its stream.
 */
export type PmScheduleRegistered = Event<
  'PmScheduleRegistered',
  Readonly<{
    pmScheduleId: number;
    templateWorkOrderId: number;
    timeZone: string;
    siteRevision?: number;
    details: PmScheduleDetails;
    template: WorkOrderTemplate;
  }>
>;

/**
 * A schedule was edited; only the fields that changed. Where its dates did, none is raised that lies before `from`, and `number` is that of the last date
 * by then, passed over in a pause. Days at the site, that of `from` and later ones, whose date was raised or skipped get no other; where they are left out,
 * nothing is raised up to the last of those dates.
 */
export type PmScheduleChanged = Event<
  'PmScheduleChanged',
  Readonly<{
    changes: Partial<PmScheduleDetails>;
    template: Partial<WorkOrderTemplate>;
    newDates?: Readonly<{ from: string; number: number; daysTaken?: readonly string[] }>;
  }>
>;

/**
 * The site's days begin and end elsewhere since the event of that revision in its stream: dates that are not raised yet follow its zone, an IANA name.
 * Where the last date that was raised or skipped lies in it, and the days that get no other, if they have moved.
 */
export type PmScheduleTimeZoneChanged = Event<
  'PmScheduleTimeZoneChanged',
  Readonly<{ timeZone: string; siteRevision?: number; passedDate?: string; daysTaken?: readonly string[] }>
>;

/**
 * A date has its order, whose id is allocated here: what follows opens it. Dates are numbered from 1. `dueAt` is the instant that it was due at for the timer,
 * null where somebody raised it by hand.
 */
export type PmOccurrenceRaised = Event<
  'PmOccurrenceRaised',
  Readonly<{ number: number; date: string; dueDate: string; workOrderId: number; dueAt: string | null }>
>;

/**
 * Dates that get no order: missed in a standstill, passed over while the last order was open, or skipped by hand at `skippedAt`, from which a floating
 * schedule then counts. At most 1,000.
 */
export type PmOccurrencesSkipped = Event<
  'PmOccurrencesSkipped',
  Readonly<{
    occurrences: readonly Readonly<{ number: number; date: string }>[];
    reason: 'missed' | 'uncompleted' | 'by_hand';
    dueAt: string | null;
    skippedAt: string | null;
  }>
>;

/** Nothing is raised until it is resumed. */
export type PmSchedulePaused = Event<'PmSchedulePaused', Readonly<Record<string, never>>>;

/** Dates are raised again, from `from` on; `number` is that of the last one before, which counts as passed. */
export type PmScheduleResumed = Event<'PmScheduleResumed', Readonly<{ from: string; number: number }>>;

/** An order of the schedule is open no more: completed, cancelled or archived as of `closedAt`, from which a floating schedule counts. */
export type PmOrderClosed = Event<'PmOrderClosed', Readonly<{ workOrderId: number; closedAt: string }>>;

/** A closed order of the schedule is open again. */
export type PmOrderReopened = Event<'PmOrderReopened', Readonly<{ workOrderId: number }>>;

/** The schedule is put away and raises nothing. */
export type PmScheduleArchived = Event<'PmScheduleArchived', Readonly<Record<string, never>>>;

/** The schedule was brought back, which resumes it. */
export type PmScheduleUnarchived = Event<'PmScheduleUnarchived', Readonly<{ from: string; number: number }>>;

/** The site of the schedule was archived by the event of that revision in its stream, or was by then: nothing is raised there. */
export type PmScheduleSiteArchived = Event<'PmScheduleSiteArchived', Readonly<{ siteRevision: number }>>;

/** Its site is back since the event of that revision. Dates are raised again, from `from` on; `number` is that of the last one before, which counts as passed. */
export type PmScheduleSiteUnarchived = Event<'PmScheduleSiteUnarchived', Readonly<{ siteRevision: number; from: string; number: number }>>;

/** Everything that can happen to a schedule. Its stream is `pmSchedule-<id>`. */
export type PmScheduleEvent =
  | PmScheduleRegistered
  | PmScheduleChanged
  | PmScheduleTimeZoneChanged
  | PmOccurrenceRaised
  | PmOccurrencesSkipped
  | PmSchedulePaused
  | PmScheduleResumed
  | PmOrderClosed
  | PmOrderReopened
  | PmScheduleArchived
  | PmScheduleUnarchived
  | PmScheduleSiteArchived
  | PmScheduleSiteUnarchived;

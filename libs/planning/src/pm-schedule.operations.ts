import { operation, reads } from '#millwright/resources';
import * as commands from './pm-schedule.commands.js';
import { PmScheduleWriter } from './pm-schedule-writer.js';

const fromPath = { pm_schedule_id: 'id' } as const;
const inUse = 'NOT_FOUND, CONFLICT (archived), PRECONDITION_FAILED';
const withNext = 'NOT_FOUND, CONFLICT (archived, paused, finished, or a floating one whose last order is open), PRECONDITION_FAILED';

/** What can be done with a schedule beside what can be done with every resource. */
export const pmScheduleOperations = [
  operation({
    name: 'raisePmSchedule',
    scopes: ['pm_schedules:write'],
    command: commands.RaisePmSchedule,
    route: 'POST :id/raise',
    fromPath,
    summary: 'Open the order of the next date now',
    description: 'With its own number and due date; the schedule goes on after it.',
    refusals: withNext,
    by: PmScheduleWriter,
    carryOut: (schedules, { pm_schedule_id }) => schedules.raise(pm_schedule_id),
  }),
  operation({
    name: 'skipPmOccurrence',
    scopes: ['pm_schedules:write'],
    command: commands.SkipPmOccurrence,
    route: 'POST :id/skip',
    fromPath,
    summary: 'Leave the next date out',
    description: 'It gets no order and counts as skipped; a floating schedule counts from today.',
    refusals: withNext,
    by: PmScheduleWriter,
    carryOut: (schedules, { pm_schedule_id }) => schedules.skip(pm_schedule_id),
  }),
  operation({
    name: 'pausePmSchedule',
    scopes: ['pm_schedules:write'],
    command: commands.PausePmSchedule,
    route: 'POST :id/pause',
    fromPath,
    summary: 'Pause a PM schedule',
    description: 'It raises nothing until it is resumed; one that is paused stays so.',
    refusals: inUse,
    by: PmScheduleWriter,
    carryOut: (schedules, { pm_schedule_id }) => schedules.pause(pm_schedule_id),
  }),
  operation({
    name: 'resumePmSchedule',
    scopes: ['pm_schedules:write'],
    command: commands.ResumePmSchedule,
    route: 'POST :id/resume',
    fromPath,
    summary: 'Resume a paused PM schedule',
    description: 'Dates of the pause are numbered, and neither raised nor counted; one that is not paused stays as it is.',
    refusals: inUse,
    by: PmScheduleWriter,
    carryOut: (schedules, { pm_schedule_id }) => schedules.resume(pm_schedule_id),
  }),
];

const period =
  '`from` and `to` are instants (`to` excluded) or days of the site (both included). The first 1,000; `meta.has_more` says whether there are others.';

export const pmScheduleReads = {
  occurrences: reads({
    name: 'listPmOccurrences',
    scopes: ['pm_schedules:read'],
    summary: 'List the dates of a PM schedule',
    description: `What was raised and skipped with its order, and what is still to come, in the order of their dates. ${period}`,
  }),
  calendar: reads({
    name: 'getPmCalendar',
    scopes: ['pm_schedules:read'],
    summary: 'List the dates of all PM schedules of the site',
    description: `As the dates of one, without archived schedules. ${period}`,
  }),
  compliance: reads({
    name: 'getPmCompliance',
    scopes: ['pm_schedules:read'],
    summary: 'Say how much of the planned maintenance was done on time',
    description: 'Of the occurrences whose date lies in the period; `from` and `to` are days of the site, both included.',
  }),
  explainCompliance: reads({
    name: 'explainPmCompliance',
    scopes: ['pm_schedules:read'],
    summary: 'Say which occurrences PM compliance is made of',
    description:
      'Each occurrence of the period with the event that raised or skipped it. The lines add up to the figures: a period with more than 10,000 of them is refused, and explained in parts.',
  }),
};

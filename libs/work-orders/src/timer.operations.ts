import { operation, reads } from '#millwright/resources';
import { laborEntry } from './labor-entry.shown.js';
import { StartTimer, StopTimer } from './timer.commands.js';
import { runningTimer } from './timer.shown.js';
import { StoppedTimerAnswers } from './stopped-timer-answers.js';
import { TimerReader } from './timer-reader.js';
import { TimerWriter } from './timer-writer.js';

const pending = 'COMPLETION_PENDING (taken, and still being carried out)';

/** How time is counted on a work order. */
export const timerOperations = [
  operation({
    name: 'startTimer',
    scopes: ['work_orders:write'],
    command: StartTimer,
    route: 'POST :id/timer/start',
    fromPath: { work_order_id: 'id' },
    summary: 'Begin to count the time of somebody who works on an order',
    description: 'One timer a person runs at a time, whatever the order. If-Match is about the order, whose tag stays as it is.',
    refusals: `NOT_FOUND, CONFLICT (archived), WORK_ORDER_CLOSED (reopen it first), TIMER_RUNNING (naming the order, where whoever asks sees it), INSUFFICIENT_PERMISSIONS (a technician, for somebody else), VALIDATION_FAILED (also rate_missing, and required where nobody stands behind the credential), PRECONDITION_FAILED, ${pending}`,
    by: TimerWriter,
    carryOut: (timers, command) => timers.start(command),
    answers: { printed: runningTimer.type, status: 201, output: () => runningTimer.type, by: TimerReader },
  }),
  operation({
    name: 'stopTimer',
    scopes: ['work_orders:write'],
    // A person has one timer: one that could not be stopped here would keep him from starting any elsewhere.
    atArchivedSites: true,
    // Nor is he told that his own time runs on where the order went to others, and only the answer was lost.
    aboutOneself: 'technician_id',
    command: StopTimer,
    route: 'POST :id/timer/stop',
    fromPath: { work_order_id: 'id' },
    summary: 'End a timer, and log what it has counted',
    description:
      'The entry has exactly that time, at the rate of now; less than a second leaves none, and the answer is null. Also where the order or its site was archived meanwhile. If-Match is about the order as it was before.',
    refusals: `NOT_FOUND (also where no timer of that person runs on the order), INSUFFICIENT_PERMISSIONS (a technician, for somebody else), VALIDATION_FAILED (also rate_missing, and the timer runs on), VALUE_OUT_OF_RANGE (the order would have been charged too much for that person, and the timer runs on: reverse a wrong entry first; closing the order ends it all the same, and where the order or its site is archived it is ended anyway), PRECONDITION_FAILED, ${pending}`,
    by: TimerWriter,
    carryOut: (timers, command) => timers.stop(command),
    answers: { printed: laborEntry.type, mayBeNull: true, output: () => laborEntry.type, by: StoppedTimerAnswers },
  }),
];

export const timerReads = {
  list: reads({
    name: 'listTimers',
    scopes: ['work_orders:read'],
    summary: 'List the timers that run',
    description:
      'A page of those that the filters find; `filter[overdue_true]=true` finds those that have been running for more than 24 hours.',
  }),
  one: reads({
    name: 'getTimer',
    scopes: ['work_orders:read'],
    summary: 'Show a timer that runs',
    description: "Its tag is that of its person's time, on which it was decided.",
  }),
};

import { historyAfter, Rejection, type DetailCode, type RecordHistory, type Stream } from '#millwright/event-sourcing/decider';
import type { Decimal } from '#millwright/quantities';
import { isRateIn } from './labour-charge.js';
import type { RateType } from './labour.events.js';
import type { TimekeepingEvent, TimerEnd, TimerStarted, TimerStopped } from './timekeeping.events.js';

/** The timer of a person that runs, and the one that ended last. All of a person's are one stream, so that one runs at a time, whatever the order. */
export type Timekeeping = Readonly<{
  running: TimerStarted['data'] | null;
  ended: TimerStopped['data'] | null;
  history: RecordHistory | undefined;
}>;

export const timekeeping: Stream<Timekeeping, TimekeepingEvent> = {
  category: 'timekeeping',
  initialState: { running: null, ended: null, history: undefined },
  evolve(state, event) {
    const history = historyAfter(state.history, event);
    switch (event.type) {
      case 'TimerStarted':
        return { ...state, running: event.data, history };
      case 'TimerStopped':
        return { running: null, ended: event.data, history };
    }
  },
};

/** @throws Rejection VALIDATION_FAILED (too_many_decimals) the regular rate; TIMER_RUNNING with the `id` of the order that it runs on */
export function startTimer({ running }: Timekeeping, started: TimerStarted['data']): TimekeepingEvent[] {
  if (!isRateIn(started.currency, started.regularRate))
    throw refused(
      'technician_id',
      'too_many_decimals',
      `must be somebody whose regular rate has no more decimals than a cost in ${started.currency}`,
    );
  if (running)
    throw new Rejection('TIMER_RUNNING', `A timer of this person runs on work order ${running.workOrderId}; stop it first.`, [], {
      id: running.workOrderId,
    });
  return [{ type: 'TimerStarted', data: started }];
}

/** `at` is an instant in UTC with milliseconds, `dayOf` the day of one at the site; `rate` is null where there is none of that type. */
export type StopTimer = Readonly<{
  workOrderId: number;
  at: string;
  rateType: RateType;
  rate: Decimal | null;
  note: string | null;
  dayOf: (instant: string) => string;
}>;

/** @throws Rejection NOT_FOUND no timer of this person runs on that order; VALIDATION_FAILED (rate_missing, too_many_decimals), and it runs on */
export function stopTimer({ running }: Timekeeping, { workOrderId, rate, ...end }: StopTimer): TimekeepingEvent[] {
  if (running?.workOrderId !== workOrderId) throw new Rejection('NOT_FOUND', 'no timer of this person runs on this work order');
  if (rate === null) throw refused('rate_type', 'rate_missing', 'is one that this person has no rate of');
  if (!isRateIn(running.currency, rate))
    throw refused(
      'rate_type',
      'too_many_decimals',
      `is one of which this person's rate has more decimals than a cost in ${running.currency}`,
    );
  return [stopped(running, { ...end, rate, because: 'stopped' })];
}

export type EndTimer = Readonly<{ timerId: number; at: string; rate: Decimal | null; dayOf: StopTimer['dayOf']; because: TimerEnd }>;

/** Ends a timer because of its order, at the regular rate of now or, without one that counts here, of its start. Nothing, where it has ended already. */
export function endTimer({ running }: Timekeeping, { timerId, rate, ...end }: EndTimer): TimekeepingEvent[] {
  if (running?.timerId !== timerId) return [];
  const counted = rate !== null && isRateIn(running.currency, rate) ? rate : running.regularRate;
  return [stopped(running, { ...end, rateType: 'regular', rate: counted, note: null })];
}

const refused = (field: string, code: DetailCode, message: string): Rejection =>
  new Rejection('VALIDATION_FAILED', `${field} ${message}`, [{ field, code, message }]);

type End = Pick<StopTimer, 'at' | 'rateType' | 'note' | 'dayOf'> & Readonly<{ rate: Decimal; because: TimerEnd }>;

/** Only whole seconds count, and the end is the start with those (S22). A clock that was set back makes none. */
function stopped({ timerId, laborEntryId, workOrderId, startedAt, currency }: TimerStarted['data'], end: End): TimekeepingEvent {
  const seconds = Math.max(0, Math.floor((Date.parse(end.at) - Date.parse(startedAt)) / 1000));
  const endedAt = new Date(Date.parse(startedAt) + seconds * 1000).toISOString();
  const { rateType, rate, note, because } = end;
  const date = end.dayOf(endedAt);
  const data = { timerId, laborEntryId, workOrderId, startedAt, endedAt, seconds, rateType, rate, currency, date, note, because };
  return { type: 'TimerStopped', data, effectiveAt: date };
}

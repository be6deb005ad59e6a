import { Rejection, type Detail, type DetailCode } from '#millwright/event-sourcing/decider';
import { absolute, largestValue, showValue, toValue, type Decimal } from '#millwright/quantities';
import { balanceOf } from './labour-accounts.js';
import { chargeOf, type WorkedTime } from './labour-charge.js';
import type { LabourLogged, RateType } from './labour.events.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { requireInUse, requireOpened, type WorkOrder } from './work-order.state.js';

/** What is said of work: how long, by whom, when. `rate` is null where there is none; instants are in UTC with milliseconds, dates those of the site. */
export type LogLabour = Readonly<{
  laborEntryId: number;
  technicianId: number | null;
  vendorId: number | null;
  hours: Decimal | null;
  startedAt: string | null;
  endedAt: string | null;
  rateType: RateType;
  rate: Decimal | null;
  currency: string;
  laborCategoryId: number | null;
  note: string | null;
  /** Null: the day of the end, or today. */
  date: string | null;
  /** The day of the end, where there is one. */
  dayOfEnd: string | null;
  now: string;
  today: string;
  /** The last day that may be said. */
  tomorrow: string;
}>;

/**
 * Records work on an order, whether it is open, completed or cancelled.
 * @throws Rejection NOT_FOUND; CONFLICT archived; VALIDATION_FAILED (required, contradicts, not_after_start, out_of_range,
 *   rate_missing); VALUE_OUT_OF_RANGE
 */
export function logLabour(order: WorkOrder, said: LogLabour): WorkOrderEvent[] {
  requireInUse(order);
  const problems = [...problemsOfPerson(said), ...problemsOfTime(said), ...problemsOfDate(said)];
  // Where nobody is named, nobody's rate is missing.
  if (said.rate === null && (said.technicianId ?? said.vendorId) !== null)
    problems.push(problem('rate', 'rate_missing', 'must be given: nobody has said what such an hour costs'));
  const [first] = problems;
  if (first || said.rate === null) throw new Rejection('VALIDATION_FAILED', `${first?.field} ${first?.message}`, problems);
  const { laborEntryId, technicianId, vendorId, startedAt, endedAt, rateType, rate, currency, laborCategoryId, note } = said;
  const date = said.date ?? said.dayOfEnd ?? said.today;
  const entry = {
    laborEntryId,
    technicianId,
    vendorId,
    startedAt,
    endedAt,
    rateType,
    rate,
    currency,
    laborCategoryId,
    note,
    date,
    timer: false,
  };
  return [logged(order, { ...entry, ...workedTime(said) })];
}

const problem = (field: string, code: DetailCode, message: string, names?: Detail['names']): Detail => ({
  field: `labor_entry.${field}`,
  code,
  message,
  ...(names && { names }),
});

function problemsOfPerson({ technicianId, vendorId }: LogLabour): Detail[] {
  if (technicianId === null && vendorId === null) return [problem('technician_id', 'required', 'must be given, or a vendor')];
  return technicianId !== null && vendorId !== null ? [problem('vendor_id', 'contradicts', 'must not stand beside a technician')] : [];
}

const longestMs = 31 * 86_400_000;
const oneDayMs = 86_400_000;
const bothEnds = ['started_at', 'ended_at'];

function problemsOfTime({ hours, startedAt, endedAt, now }: LogLabour): Detail[] {
  if (hours !== null)
    return startedAt === null && endedAt === null
      ? []
      : [problem('hours', 'contradicts', 'must not stand beside started_at or ended_at', bothEnds)];
  if (startedAt === null && endedAt === null) return [problem('hours', 'required', 'must be given, or started_at and ended_at', bothEnds)];
  if (startedAt === null) return [problem('started_at', 'required', 'must be given beside ended_at', bothEnds)];
  if (endedAt === null) return [problem('ended_at', 'required', 'must be given beside started_at', bothEnds)];
  const [from, until, latest] = [Date.parse(startedAt), Date.parse(endedAt), Date.parse(now) + oneDayMs];
  const instants = [
    ['started_at', from],
    ['ended_at', until],
  ] as const;
  const problems = instants.flatMap(([field, at]) =>
    at > latest ? [problem(field, 'out_of_range', 'must not be more than a day ahead')] : [],
  );
  if (problems.length > 0) return problems;
  if (until <= from) return [problem('ended_at', 'not_after_start', 'must lie after the start')];
  return until - from > longestMs ? [problem('ended_at', 'out_of_range', 'must not be more than 31 days after the start')] : [];
}

const problemsOfDate = ({ date, tomorrow }: LogLabour): Detail[] =>
  date !== null && date > tomorrow ? [problem('date', 'out_of_range', 'must not be more than a day ahead')] : [];

function workedTime({ hours, startedAt, endedAt }: LogLabour): WorkedTime {
  if (hours !== null) return { hours, seconds: null };
  return { hours: null, seconds: (Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) / 1000 };
}

/** @throws Rejection VALUE_OUT_OF_RANGE the charge, or what the person has cost the order in all, would pass its limit */
function logged(
  order: WorkOrder,
  entry: Omit<LabourLogged['data'], 'charge' | 'chargeAfter' | 'hours' | 'seconds'> & WorkedTime,
): WorkOrderEvent {
  const charge = chargeOf(entry, entry.rate);
  const after = balanceOf(order.labour, entry) + charge;
  if (charge > largestValue || absolute(after) > largestValue) {
    const message = `is too much: the charge would pass its limit, ${showValue(largestValue)}`;
    const detail = problem(entry.hours === null ? 'ended_at' : 'hours', 'out_of_range', message);
    throw new Rejection('VALUE_OUT_OF_RANGE', `${detail.field} ${message}`, [detail]);
  }
  return { type: 'LabourLogged', data: { ...entry, charge: showValue(charge), chargeAfter: showValue(after) }, effectiveAt: entry.date };
}

export type ReverseLabour = Readonly<{ laborEntryId: number; reversedEntryId: number; reason: string; date: string; tomorrow: string }>;

/**
 * Takes a wrong entry back: what it was charged is given back to the last cent, on a day of its own, so that no month that was reported changes (S9).
 * @throws Rejection NOT_FOUND; CONFLICT archived, or the entry is a reversal itself; ALREADY_REVERSED with the `id` of the reversal; VALIDATION_FAILED
 */
export function reverseLabour(
  order: WorkOrder,
  { laborEntryId, reversedEntryId, reason, date, tomorrow }: ReverseLabour,
): WorkOrderEvent[] {
  requireOpened(order);
  const entry = order.labour.entries.get(reversedEntryId);
  if (!entry) throw new Rejection('NOT_FOUND', 'there is no such record');
  requireInUse(order);
  if (entry.event.type === 'LabourReversed') throw new Rejection('CONFLICT', 'A reversal cannot be reversed; log the work again.');
  if (entry.reversedById !== null)
    throw new Rejection('ALREADY_REVERSED', 'This entry was reversed already.', [], { id: entry.reversedById });
  if (date > tomorrow)
    throw new Rejection('VALIDATION_FAILED', 'date must not be more than a day ahead', [
      { field: 'date', code: 'out_of_range', message: 'must not be more than a day ahead' },
    ]);
  const { technicianId, vendorId, hours, seconds, rateType, rate, charge, currency, laborCategoryId } = entry.event.data;
  const back = -toValue(charge);
  const after = balanceOf(order.labour, entry.event.data) + back;
  const data = {
    ...{ laborEntryId, reversedEntryId, reason, technicianId, vendorId, rateType, rate, currency, date, laborCategoryId },
    hours: hours === null ? null : `-${hours}`,
    seconds: seconds === null ? null : -seconds,
    charge: showValue(back),
    chargeAfter: showValue(after),
  };
  return [{ type: 'LabourReversed', data, effectiveAt: date }];
}

import fc from 'fast-check';
import { roundToCurrency, showValue, toValue, unscaled } from '#millwright/quantities';
import { Rejection } from '#millwright/event-sourcing/decider';
import { scenario } from '../../../../test/harness/given.js';
import { cancelled, completing, opened, plainWork, worked, workReversed } from '../testing/work-orders.js';
import { hoursOfWork, labourPosting, secondsOfWork } from './labour-charge.js';
import type { LabourEvent } from './labour.events.js';
import { logLabour, reverseLabour } from './labour.js';
import { archiveWorkOrder } from './work-order-archive.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { workOrder } from './work-order.js';
import type { WorkOrder } from './work-order.state.js';

const given = scenario(workOrder);
const until = (startedAt: string, endedAt: string) => ({ ...plainWork, hours: null, startedAt, endedAt, dayOfEnd: endedAt.slice(0, 10) });
const twentyMinutes = (laborEntryId: number) => (order: WorkOrder) =>
  logLabour(order, { ...until('2025-07-14T23:50:00.000Z', '2025-07-15T00:10:00.000Z'), laborEntryId });
const reversal = { laborEntryId: 9, reversedEntryId: 1, reason: 'wrong order', date: '2025-08-01', tomorrow: '2025-08-02' };

describe('logging labour', () => {
  it('charges seconds at the rate of an hour with one rounding, and freezes the rate', () =>
    given(opened)
      .when(logLabour, until('2025-07-15T07:00:00.000Z', '2025-07-15T08:40:00.000Z'))
      .thenEvents({
        type: 'LabourLogged',
        data: {
          ...{ laborEntryId: 1, technicianId: 3, vendorId: null, rateType: 'regular', rate: '41', currency: 'USD' },
          ...{ startedAt: '2025-07-15T07:00:00.000Z', endedAt: '2025-07-15T08:40:00.000Z', hours: null, seconds: 6000 },
          ...{ charge: '68.333333', chargeAfter: '68.333333', date: '2025-07-15', laborCategoryId: null, note: null, timer: false },
        },
        effectiveAt: '2025-07-15',
      }));

  it('posts what the account of order and technician shows more than before', () => {
    const seen: string[] = [];
    let order = workOrder.initialState;
    const steps = [opened, ...[1, 2, 3].map(twentyMinutes)];
    for (const step of steps) {
      order = step(order).reduce(workOrder.evolve, order);
      seen.push(showValue(order.laborCosts));
    }
    expect(seen).toEqual(['0', '13.67', '27.33', '41']);
  });

  it('keeps one account a person, whatever rate type and category', () => {
    const kinds = [
      { rateType: 'regular', laborCategoryId: null },
      { rateType: 'overtime1', laborCategoryId: 5 },
      { rateType: 'overtime2', laborCategoryId: 6 },
    ] as const;
    const logged = kinds.map((kind, index) => (order: WorkOrder) => logLabour(order, { ...plainWork, ...kind, hours: '0.3333', laborEntryId: index + 1 })); // prettier-ignore
    given(opened, ...logged).thenState(({ laborCosts }) => expect(showValue(laborCosts)).toBe('41'));
  });

  it('counts a rate as it is, also where a cost has fewer decimals, and rounds the posting', () =>
    given(opened, (order) => logLabour(order, { ...plainWork, hours: '3', rate: '33.333', currency: 'USD' })).thenState(
      ({ labour, laborCosts }) => {
        expect(labour.entries.get(1)?.event.data).toMatchObject({ rate: '33.333', charge: '99.999', chargeAfter: '99.999' });
        expect(showValue(laborCosts)).toBe('100');
      },
    ));

  it('keeps an account for each person', () => {
    const other = (order: WorkOrder) => logLabour(order, { ...plainWork, hours: '0.3333', technicianId: 4, laborEntryId: 2 });
    given(opened, worked(1, '0.3333'), other).thenState(({ laborCosts }) => expect(showValue(laborCosts)).toBe('27.34'));
  });

  it('takes entries on completed and cancelled orders, and none on an archived one', () => {
    given(opened, completing).when(logLabour, plainWork).thenTypes('LabourLogged');
    given(opened, cancelled).when(logLabour, plainWork).thenTypes('LabourLogged');
    given(opened, archiveWorkOrder).when(logLabour, plainWork).thenRefused('CONFLICT');
    given().when(logLabour, plainWork).thenRefused('NOT_FOUND');
  });

  it('refuses by its field what is missing, too much, or out of reach', () => {
    const refused = (said: object, field: string, code: string) =>
      given(opened)
        .when(logLabour, { ...plainWork, ...said })
        .thenRefused('VALIDATION_FAILED', { [`labor_entry.${field}`]: code });
    refused({ technicianId: null }, 'technician_id', 'required');
    refused({ vendorId: 4 }, 'vendor_id', 'contradicts');
    refused({ hours: null }, 'hours', 'required');
    refused({ startedAt: '2025-07-15T07:00:00.000Z' }, 'hours', 'contradicts');
    refused({ hours: null, startedAt: '2025-07-15T07:00:00.000Z' }, 'ended_at', 'required');
    refused({ hours: null, endedAt: '2025-07-15T07:00:00.000Z' }, 'started_at', 'required');
    refused({ rate: null }, 'rate', 'rate_missing');
    given(opened)
      .when(logLabour, { ...plainWork, technicianId: null, rate: null })
      .thenRefused('VALIDATION_FAILED', { 'labor_entry.technician_id': 'required' });
    refused({ date: '2025-07-17' }, 'date', 'out_of_range');
    refused(until('2025-07-15T07:00:00.000Z', '2025-07-15T07:00:00.000Z'), 'ended_at', 'not_after_start');
    refused(until('2025-07-15T07:00:00.000Z', '2025-07-16T09:30:01.000Z'), 'ended_at', 'out_of_range');
    refused(until('2025-06-14T07:00:00.000Z', '2025-07-15T07:00:01.000Z'), 'ended_at', 'out_of_range');
    given(opened).when(logLabour, until('2025-06-14T07:00:00.000Z', '2025-07-15T07:00:00.000Z')).thenTypes('LabourLogged');
    given(opened)
      .when(logLabour, { ...plainWork, date: '2025-07-16', rate: '0' })
      .thenTypes('LabourLogged');
  });

  it('refuses a charge past its limit', () => {
    const dear = { ...plainWork, hours: '10', rate: '999999999.99' };
    given(opened)
      .when(logLabour, { ...dear, hours: '11' })
      .thenRefused('VALUE_OUT_OF_RANGE', { 'labor_entry.hours': 'out_of_range' });
    given(opened)
      .when(logLabour, { ...until('2025-07-14T07:00:00.000Z', '2025-07-15T07:00:00.000Z'), rate: dear.rate })
      .thenRefused('VALUE_OUT_OF_RANGE', { 'labor_entry.ended_at': 'out_of_range' });
    given(opened, (order) => logLabour(order, dear))
      .when(logLabour, { ...dear, laborEntryId: 2, hours: '1' })
      .thenRefused('VALUE_OUT_OF_RANGE', { 'labor_entry.hours': 'out_of_range' });
  });
});

describe('reversing labour', () => {
  it('gives back exactly what was charged, on its own day', () =>
    given(opened, worked(1, '1.6667'), worked(2, '1'))
      .when(reverseLabour, reversal)
      .thenEvents({
        type: 'LabourReversed',
        data: {
          ...{
            laborEntryId: 9,
            reversedEntryId: 1,
            reason: 'wrong order',
            technicianId: 3,
            vendorId: null,
            rateType: 'regular',
            rate: '41',
          },
          ...{
            hours: '-1.6667',
            seconds: null,
            charge: '-68.3347',
            chargeAfter: '41',
            currency: 'USD',
            date: '2025-08-01',
            laborCategoryId: null,
          },
        },
        effectiveAt: '2025-08-01',
      }));

  it('happens once, and never to a reversal', () => {
    given(opened, worked(1, '1'), workReversed(2, 1)).when(reverseLabour, reversal).thenRefused('ALREADY_REVERSED');
    given(opened, worked(1, '1'), workReversed(2, 1))
      .when(reverseLabour, { ...reversal, reversedEntryId: 2 })
      .thenRefused('CONFLICT');
    given(opened).when(reverseLabour, reversal).thenRefused('NOT_FOUND');
    given(opened, worked(1, '1'))
      .when(reverseLabour, { ...reversal, date: '2025-08-03' })
      .thenRefused('VALIDATION_FAILED', { date: 'out_of_range' });
  });
});

/** Entries of three people at awkward rates, by hours and by seconds, and reversals of any of them. */
const commands = fc.array(
  fc.record({
    person: fc.integer({ min: 1, max: 3 }),
    rate: fc.oneof(
      fc.constantFrom('41', '0', '0.01', '33.33', '0.1'),
      fc.bigInt({ min: 0n, max: 99_999n }).map((cents) => unscaled(cents, 2)),
    ),
    hours: fc.oneof(
      fc.constant(null),
      fc.bigInt({ min: 1n, max: 7_440_000n }).map((steps) => unscaled(steps, 4)),
    ),
    seconds: fc.oneof(fc.constantFrom(1, 1200, 3599, 6000), fc.integer({ min: 1, max: 2_678_400 })),
    reverses: fc.boolean(),
    pick: fc.nat(99),
  }),
  { minLength: 1, maxLength: 25, size: 'max' },
);
type Setting = Readonly<{ currency: string; commands: typeof commands extends fc.Arbitrary<infer T> ? T : never }>;

function carriedOut({ currency, commands: wanted }: Setting): LabourEvent[] {
  const events: WorkOrderEvent[] = [];
  let order = opened(workOrder.initialState).reduce(workOrder.evolve, workOrder.initialState);
  wanted.forEach(({ person, rate, hours, seconds, reverses, pick }, index) => {
    const laborEntryId = index + 1;
    const endedAt = new Date(Date.parse('2025-06-01T00:00:00Z') + seconds * 1000).toISOString();
    const time = hours === null ? { hours, startedAt: '2025-06-01T00:00:00.000Z', endedAt } : { hours, startedAt: null, endedAt: null };
    const decide = (): WorkOrderEvent[] =>
      reverses
        ? reverseLabour(order, { ...reversal, laborEntryId, reversedEntryId: 1 + (pick % laborEntryId) })
        : logLabour(order, { ...plainWork, ...time, laborEntryId, technicianId: person, rate, currency });
    try {
      const decided = decide();
      events.push(...decided);
      order = decided.reduce(workOrder.evolve, order);
    } catch (refusal) {
      if (!(refusal instanceof Rejection)) throw refusal;
    }
  });
  expect(order.laborCosts).toBe(events.reduce((sum, event) => sum + labourPosting((event as LabourEvent).data), 0n));
  return events as LabourEvent[];
}

describe('whatever is logged and reversed', () => {
  it('adds up on every account: postings to the rounded balance, charges to the balance, and nothing where all was reversed', () => {
    const settings = fc.record({ currency: fc.constantFrom('USD', 'JPY', 'KWD'), commands });
    fc.assert(
      fc.property(settings, (setting) => {
        const events = carriedOut(setting);
        // One comparison for all accounts: each call of `expect` takes longer than what is to be compared took to work out.
        const accounts = [1, 2, 3].map((person) => {
          const own = events.filter(({ data }) => data.technicianId === person);
          const charges = own.reduce((sum, { data }) => sum + toValue(data.charge), 0n);
          const posted = own.reduce((sum, { data }) => sum + labourPosting(data), 0n);
          const isAllReversed = own.length === 2 * own.filter(({ type }) => type === 'LabourReversed').length;
          return {
            found: [own.at(-1)?.data.chargeAfter ?? '0', posted, charges],
            wanted: [showValue(charges), roundToCurrency(charges, setting.currency), isAllReversed ? 0n : charges],
          };
        });
        expect(accounts.map(({ found }) => found)).toEqual(accounts.map(({ wanted }) => wanted));
        const seconds = events.reduce((sum, { data }) => sum + toValue(secondsOfWork(data)), 0n);
        const logged = events.filter(({ type }) => type === 'LabourLogged');
        if (events.length === 2 * (events.length - logged.length)) expect(seconds).toBe(0n);
      }),
      { numRuns: 10_000 },
    );
  }, 60_000);

  it('shows hours with up to 4 decimals, half-up', () => {
    expect(hoursOfWork({ hours: null, seconds: 6000 })).toBe('1.6667');
    expect(hoursOfWork({ hours: null, seconds: -1 })).toBe('-0.0003');
    expect(hoursOfWork({ hours: '0.3333', seconds: null })).toBe('0.3333');
    expect(secondsOfWork({ hours: '0.3333', seconds: null })).toBe('1199.88');
  });
});

import { runInScope, type RequestScope } from '#millwright/access';
import { currentContext, Rejection, runInContext, surroundingContext, type Detail, type EventStore } from '#millwright/event-sourcing';
import { TrialLog } from '#millwright/event-sourcing/testing';
import { ResourceWriter } from '#millwright/resources';
import { entities } from '#millwright/sites';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { unknownPmSchedule, type PmSchedule } from './domain/pm-schedule.state.js';
import { PmScheduleWriter } from './pm-schedule-writer.js';

const hourMs = 3_600_000;
const scope: RequestScope = {
  requestId: 'request',
  principal: {
    credential: { kind: 'session', id: 's' },
    customerId: 1,
    userId: 7,
    rights: { sites: 'all' } as unknown as RequestScope['principal']['rights'],
  },
  held: 'all',
  customer: { id: 1, name: 'c' },
  entity: { id: 1, name: 'Plant', currency: 'EUR', currency_symbol: '€', datetime_format: null, timezone: 'Etc/UTC' },
};

/** A daily schedule that owes the date of an hour ago, which the timer has not come to; what is said of it refers to nothing that is not there, but for `problems`. */
function owing(details: Partial<PmSchedule['details']> = {}, problems: Detail[] = []) {
  const log = new TrialLog();
  log.record(`${entities.stream.category}-1`, { type: `${entities.typeName}Registered`, data: { timezone: 'Etc/UTC' } });
  const startDate = new Date(Date.now() - hourMs).toISOString();
  const registered: PmScheduleEvent = {
    type: 'PmScheduleRegistered',
    data: {
      pmScheduleId: 3,
      templateWorkOrderId: 4,
      timeZone: 'Etc/UTC',
      siteRevision: 0,
      details: { ...unknownPmSchedule.details, startDate, repeatFrequency: 'day', ...details },
      template: { partAssignments: [] },
    },
  };
  log.record('pmSchedule-3', registered);
  const trial = log.events();
  const drawnIn: unknown[] = [];
  const world = { onceDrawn: () => undefined as void };
  const nextId: (typeof trial)['nextId'] = (sequence) => {
    drawnIn.push(surroundingContext());
    world.onceDrawn();
    return trial.nextId(sequence);
  };
  const events = { ...trial, nextId } as unknown as EventStore;
  const resources = new ResourceWriter(events, { problems: () => Promise.resolve(problems) } as never, undefined as never);
  const templates = { of: () => Promise.resolve({ template: {}, problems: [] }) };
  const writer = new PmScheduleWriter(resources, events, templates as never, undefined as never, undefined as never);
  const appended = (): string[] => (log.since(2)['pmSchedule-3'] ?? []).map(({ type }) => type);
  const does = (command: (writer: PmScheduleWriter) => Promise<unknown>, expectedRevisions?: readonly number[]): Promise<unknown> =>
    runInScope(scope, () => runInContext({ ...currentContext(), expectedRevisions }, () => command(writer)));
  return Object.assign(world, { does, appended, drawnIn, log });
}

const refusalOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (failure: unknown) => (failure instanceof Rejection ? failure.code : failure),
  );

describe('what somebody does to a schedule that owes a date', () => {
  it.each<[string, (writer: PmScheduleWriter) => Promise<unknown>]>([
    ['PmSchedulePaused', (writer) => writer.pause(3)],
    ['PmScheduleArchived', (writer) => writer.archive(3)],
    ['PmScheduleChanged', (writer) => writer.update(3, { time_to_complete: '2' })],
  ])('is done after the timer has raised that: %s', async (type, command) => {
    const { does, appended, drawnIn } = owing();
    await does(command);
    expect(appended()).toEqual(['PmOccurrenceRaised', type]);
    // What a request draws under an Idempotency-Key a repeat of it is given again, for other dates.
    expect(drawnIn).toEqual([undefined]);
    await does(command);
    expect(appended()).toHaveLength(2);
  });

  it('is done after all dates, however many they are', async () => {
    const { does, appended } = owing({ catchUp: 'all', startDate: new Date(Date.now() - 24 * 250 * hourMs).toISOString() });
    await does((writer) => writer.pause(3));
    expect(appended()).toEqual([...Array<string>(251).fill('PmOccurrenceRaised'), 'PmSchedulePaused']);
  });

  it('has nothing raised where it is refused: what it refers to, what it says, and what it expects', async () => {
    const gone = owing({}, [{ field: 'pm_schedule.procedure_template_ids', code: 'not_found', message: 'is not there' }]);
    expect(await refusalOf(gone.does((writer) => writer.update(3, { time_to_complete: '2' })))).toBe('VALIDATION_FAILED');
    expect(gone.appended()).toEqual([]);
    const early = owing();
    expect(await refusalOf(early.does((writer) => writer.update(3, { end_date: '2001-01-01' })))).toBe('VALIDATION_FAILED');
    expect(early.appended()).toEqual([]);
    const stale = owing();
    expect(await refusalOf(stale.does((writer) => writer.pause(3), [7]))).toBe('PRECONDITION_FAILED');
    expect(stale.appended()).toEqual([]);
  });

  it('is done by who expects the revision before that, and not where somebody else has changed it meanwhile', async () => {
    const { does, appended } = owing({ catchUp: 'all', startDate: new Date(Date.now() - 49 * hourMs).toISOString() });
    await does((writer) => writer.update(3, { time_to_complete: '2' }), [9, 0]);
    expect(appended()).toEqual([...Array<string>(3).fill('PmOccurrenceRaised'), 'PmScheduleChanged']);
    const other = owing();
    other.onceDrawn = () =>
      void other.log.record('pmSchedule-3', { type: 'PmScheduleChanged', data: { changes: { title: 'Else' }, template: {} } });
    expect(await refusalOf(other.does((writer) => writer.update(3, { time_to_complete: '2' }), [0]))).toBe('PRECONDITION_FAILED');
    expect(other.appended()).toEqual(['PmScheduleChanged', 'PmOccurrenceRaised']);
  });

  it('is done at once where no order follows from it: the name of a schedule, and its reference', async () => {
    const { does, appended } = owing();
    await does((writer) => writer.update(3, { title: 'Rounds' }), [0]);
    expect(appended()).toEqual(['PmScheduleChanged']);
    await does((writer) => writer.update(3, { title: 'Tours' }));
    expect(appended()).toEqual(['PmScheduleChanged', 'PmScheduleChanged']);
    await does((writer) => writer.update(3, { title: 'Rounds', lead_time_hours: '1' }));
    expect(appended().slice(2)).toEqual(['PmOccurrenceRaised', 'PmScheduleChanged']);
  });

  it('is left to be done where nothing of it is there, or nothing would be changed', async () => {
    const { does, appended } = owing();
    expect(await refusalOf(does((writer) => writer.pause(4)))).toBe('NOT_FOUND');
    await does((writer) => writer.update(3, { title: null }));
    expect(appended()).toEqual([]);
  });
});

import type { ReactionWorld } from '#millwright/event-sourcing';
import { ReactionTrial, TrialLog } from '#millwright/event-sourcing/testing';
import { alarmReaction, commentsOfAlarms } from './alarm-process.js';
import { alarm } from './domain/alarm.js';
import type { AlarmEvent } from './domain/alarm.events.js';
import { workOrder } from './domain/work-order.js';
import { plainDetails } from './testing/work-orders.js';

const raised: AlarmEvent = {
  type: 'AlarmRaised',
  data: { workOrderId: 7, details: plainDetails, status: null, completedAt: null, procedures: [] },
};
const said = { commentId: 3, authorId: 4, textId: 'text', textSha256: 'digest' };
const repeated: AlarmEvent = { type: 'AlarmRepeated', data: { workOrderId: 7, alarmCount: 2, ...said } };
const opened = { type: 'WorkOrderOpened', data: { workOrderId: 7, statusId: 1, kind: 'open', details: plainDetails } } as const;

describe('what follows from an alarm whose request ended too early', () => {
  it('is the order that it names, once', async () => {
    const trial = new ReactionTrial(alarmReaction).given(alarm, 1);
    expect(await trial.when(alarm, 1, raised)).toMatchObject({ 'workOrder-7': [opened] });
    expect(await trial.again()).toEqual({});
  });

  it('is its completion on the day that the alarm says, at the site', async () => {
    const log = new TrialLog();
    const days: string[] = [];
    const execute: ReactionWorld['events']['execute'] = async (...asked) => {
      const outcome = await log.events().execute(...asked);
      for (const { type, effectiveAt } of outcome.events) days.push(`${type} ${effectiveAt ?? 'of its cause'}`);
      return outcome;
    };
    const world = { events: { ...log.events(), execute }, timeZoneOf: () => Promise.resolve('Pacific/Kiritimati') };
    const cause = log.record('alarm-1', { ...raised, data: { ...raised.data, completedAt: '2020-05-05T20:00:00.000Z' } });
    await alarmReaction.react(cause, world as unknown as ReactionWorld);
    expect(days).toEqual(['WorkOrderOpened of its cause', 'WorkOrderCompletionStarted 2020-05-06', 'WorkOrderCompleted 2020-05-06']);
  });

  it('is nothing where the request has opened the order itself, nor of a repeat', async () => {
    const trial = new ReactionTrial(alarmReaction).given(workOrder, 7, opened);
    expect(await trial.when(alarm, 1, raised)).toEqual({});
    expect(await trial.when(alarm, 1, repeated)).toEqual({});
  });
});

describe('what is said on the order', () => {
  const { said: saidBy } = commentsOfAlarms;

  it('is what a repeat says, and nothing by the alarm that opens it', () => {
    expect(saidBy(repeated)).toEqual({ ...said, recordKind: 'work_order', recordId: 7, public: false });
    expect(saidBy(raised)).toBeUndefined();
  });
});

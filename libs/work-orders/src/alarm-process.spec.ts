import { ReactionTrial } from '#millwright/event-sourcing/testing';
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

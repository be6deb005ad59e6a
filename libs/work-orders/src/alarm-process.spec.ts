import { comment } from '#millwright/comments';
import { ReactionTrial } from '#millwright/event-sourcing/testing';
import { alarmReaction } from './alarm-process.js';
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
const added = { type: 'CommentAdded', data: { ...said, recordKind: 'work_order', recordId: 7, public: false } } as const;

describe('what follows from an alarm whose request ended too early', () => {
  it('is the order that it names, once', async () => {
    const trial = new ReactionTrial(alarmReaction).given(alarm, 1);
    expect(await trial.when(alarm, 1, raised)).toMatchObject({ 'workOrder-7': [opened] });
    expect(await trial.again()).toEqual({});
  });

  it('is nothing where the request has opened the order, or said its comment, itself', async () => {
    const trial = new ReactionTrial(alarmReaction).given(workOrder, 7, opened).given(comment, 3, added);
    expect(await trial.when(alarm, 1, raised)).toEqual({});
    expect(await trial.when(alarm, 1, repeated)).toEqual({});
  });

  it('is the comment of a repeat, once', async () => {
    const trial = new ReactionTrial(alarmReaction).given(workOrder, 7, opened);
    expect(await trial.when(alarm, 1, repeated)).toMatchObject({ 'comment-3': [added] });
    expect(await trial.again()).toEqual({});
  });
});

import { recordedAs } from '#millwright/event-sourcing/testing';
import { scenario } from '../../../../test/harness/given.js';
import { answered, anyForm, copyOf, following, item } from '../testing/procedures.js';
import { cancelled, completing, now, opened, plainDetails, reopened, requested } from '../testing/work-orders.js';
import { answerProcedure, followTemplates, type AnswerForm } from './order-procedures.js';
import { isOutOfRange } from './procedures.js';
import { archiveWorkOrder } from './work-order-archive.js';
import { changeWorkOrder, completeWorkOrder, openWorkOrder } from './work-order-status.js';
import { workOrder } from './work-order.js';
import type { WorkOrder } from './work-order.state.js';
import { workProgress } from './work-progress.js';

const given = scenario(workOrder);
const required = { required: true } as const;
const audit = copyOf(
  1,
  item(1, 'checkbox', required),
  item(2, 'number', { ...required, min: '1.5', max: '4' }),
  item(3, 'text'),
  item(4, 'heading'),
);
const loose = copyOf(2, item(1, 'yes_no'), item(2, 'heading'), item(3, 'checklist'));
const answer = (itemId: number, value: unknown, isComplete: boolean, procedureId = 71) =>
  ({ type: 'ProcedureItemAnswered', data: { procedureId, itemId, value, isComplete } }) as never;

describe('following templates', () => {
  it('copies each once and keeps what is there', () => {
    given(opened)
      .when(followTemplates, [audit, loose])
      .thenEvents({ type: 'ProcedureAdded', data: audit }, { type: 'ProcedureAdded', data: loose });
    given(opened, following(audit))
      .when(followTemplates, [{ ...audit, procedureId: 99, name: 'Renamed since' }, loose])
      .thenEvents({ type: 'ProcedureAdded', data: loose });
    given(opened, following(audit))
      .when(followTemplates, [{ ...audit, procedureId: 99 }])
      .thenNothing();
  });

  it('takes off what is no longer named, unless it has answers', () => {
    given(opened, following(audit, loose))
      .when(followTemplates, [loose])
      .thenEvents({ type: 'ProcedureRemoved', data: { procedureId: 71 } });
    given(opened, following(audit), answered(71, { item_id: 1, value: true }))
      .when(followTemplates, [])
      .thenRefused('PROCEDURE_ANSWERED');
    given(opened, following(audit), answered(71, { item_id: 1, value: true }), answered(71, { item_id: 1, value: false }))
      .when(followTemplates, [])
      .thenTypes('ProcedureRemoved');
  });

  it('waits while a completion is running', () =>
    given(opened, requested(1, '2'), completing).when(followTemplates, [audit]).thenRefused('CONFLICT'));

  it('is part of opening and of changing an order', () => {
    given()
      .when(openWorkOrder, { workOrderId: 7, details: plainDetails, templates: [audit], status: { statusId: 5, kind: 'completed' }, now })
      .thenTypes('WorkOrderOpened', 'ProcedureAdded', 'WorkOrderCompletionStarted', 'WorkOrderCompleted');
    given(opened, following(audit))
      .when(changeWorkOrder, { templates: [], changes: { title: 'x' }, now })
      .thenTypes('WorkOrderDetailsChanged', 'ProcedureRemoved');
    given(opened, following(audit))
      .when(changeWorkOrder, { changes: { title: 'x' }, now })
      .thenTypes('WorkOrderDetailsChanged');
  });
});

describe('answering a procedure', () => {
  const order = [opened, following(audit, loose)];
  const of = (procedureId: number, ...answers: readonly { item_id: number; value?: unknown }[]) => ({
    procedureId,
    answers,
    form: anyForm,
  });

  it('completes it with the last required answer, and not again when one is taken back', () => {
    given(...order)
      .when(answerProcedure, of(71, { item_id: 1, value: true }, { item_id: 2, value: '9.75' }))
      .thenEvents(answer(1, true, false), answer(2, '9.75', true));
    given(...order, answered(71, { item_id: 1, value: true }, { item_id: 2, value: '3' }))
      .when(answerProcedure, of(71, { item_id: 3, value: 'x' }, { item_id: 1, value: false }))
      .thenEvents(answer(3, 'x', true), answer(1, false, false));
  });

  it('wants every item but headings where none is required; an empty list is no answer, and no is one', () =>
    given(...order)
      .when(answerProcedure, of(72, { item_id: 1, value: false }, { item_id: 3, value: [] }))
      .thenEvents(answer(1, false, false, 72), answer(3, [], false, 72)));

  it('changes nothing where it is answered so already', () =>
    given(...order, answered(72, { item_id: 3, value: ['a'] }))
      .when(answerProcedure, of(72, { item_id: 3, value: ['a'] }, { item_id: 1, value: null }))
      .thenNothing());

  it('is refused on a closed, archived or completing order, and for a procedure that it has not', () => {
    const any = of(71, { item_id: 1, value: true });
    given(...order, completing)
      .when(answerProcedure, any)
      .thenRefused('WORK_ORDER_CLOSED');
    given(...order, cancelled)
      .when(answerProcedure, any)
      .thenRefused('WORK_ORDER_CLOSED');
    given(...order, completing, reopened)
      .when(answerProcedure, any)
      .thenTypes('ProcedureItemAnswered');
    given(...order, requested(1, '2'), completing)
      .when(answerProcedure, any)
      .thenRefused('CONFLICT');
    given(...order, archiveWorkOrder)
      .when(answerProcedure, any)
      .thenRefused('CONFLICT');
    given(...order)
      .when(answerProcedure, of(73, { item_id: 1, value: true }))
      .thenRefused('NOT_FOUND');
  });

  it('is refused whole where one answer is wrong, each by its place', () => {
    const form: AnswerForm = (asked, value) =>
      asked.itemType === 'heading' ? { problem: { code: 'takes_no_answer', message: 'x' } } : anyForm(asked, value);
    given(...order)
      .when(answerProcedure, {
        ...of(71, { item_id: 1, value: true }, { item_id: 9 }, { item_id: 4, value: 1 }, { item_id: 1, value: false }),
        form,
      })
      .thenRefused('VALIDATION_FAILED', {
        'answers.1.item_id': 'not_found',
        'answers.2.value': 'takes_no_answer',
        'answers.3.item_id': 'not_unique',
      });
  });
});

describe('a site that requires procedures', () => {
  const strict = { requireProcedures: true, now } as const;
  const asCompleted = { ...strict, status: { statusId: 5, kind: 'completed' } } as const;

  it('completes no order with required items open, and names them', () => {
    given(opened, following(audit, loose), answered(71, { item_id: 2, value: '2' }))
      .when(changeWorkOrder, asCompleted)
      .thenRefused('PROCEDURE_INCOMPLETE', { 'procedures.71.items.1': 'required' });
    given()
      .when(openWorkOrder, { ...asCompleted, workOrderId: 7, details: plainDetails, templates: [audit] })
      .thenRefused('PROCEDURE_INCOMPLETE', { 'procedures.71.items.1': 'required', 'procedures.71.items.2': 'required' });
  });

  it('completes one whose required items are answered, and cancels any', () => {
    const done = answered(71, { item_id: 1, value: true }, { item_id: 2, value: '2' });
    given(opened, following(audit, loose), done)
      .when(changeWorkOrder, asCompleted)
      .thenTypes('WorkOrderCompletionStarted', 'WorkOrderCompleted');
    given(opened, following(audit))
      .when(changeWorkOrder, { ...strict, status: { statusId: 4, kind: 'cancelled' } })
      .thenTypes('WorkOrderCancelled');
    given(opened, following(audit)).when(completeWorkOrder, { now }).thenTypes('WorkOrderCompletionStarted', 'WorkOrderCompleted');
  });
});

describe('what an order keeps of answers', () => {
  const step = (...steps: readonly ((order: WorkOrder) => readonly unknown[])[]): WorkOrder => {
    let state = workOrder.initialState;
    const events = steps.flatMap((next) => {
      const made = next(state) as Parameters<typeof workOrder.evolve>[1][];
      state = made.reduce(workOrder.evolve, state);
      return made;
    });
    return recordedAs('workOrder-7', events).reduce(workOrder.evolve, workOrder.initialState);
  };
  const at = (second: number): string => `2026-01-31T12:00:0${second}.000Z`;

  it('is who answered when, and when the procedure was complete first', () => {
    const order = step(
      opened,
      following(audit),
      answered(71, { item_id: 1, value: true }, { item_id: 2, value: '9' }),
      answered(71, { item_id: 3, value: 'x' }),
    );
    expect(order.procedures.get(71)).toEqual({ procedureTemplateId: 1, name: 'Template 1', completedAt: at(3) });
    expect(order.procedureContents.get(71)?.items).toMatchObject([
      { value: true, answeredAt: at(2), answeredBy: { kind: 'user', id: '3' } },
      { value: '9', answeredAt: at(3) },
      { value: 'x', answeredAt: at(4) },
      { value: null, answeredAt: null, answeredBy: null },
    ]);
  });

  it('flags a number beyond its limits, and not one on them', () => {
    const flagged = (value: string | null) =>
      isOutOfRange({ ...item(2, 'number', { min: '1.5', max: '4' }), value, answeredAt: null, answeredBy: null });
    expect(['1.499999', '1.5', '4', '4.000001', null].map(flagged)).toEqual([true, false, false, true, false]);
  });

  it('counts as progress with the ticked items of the checklist', () => {
    const { procedureContents } = step(opened, following(audit), answered(71, { item_id: 1, value: true }, { item_id: 3, value: 'x' }));
    const items = procedureContents.get(71)?.items ?? [];
    expect(workProgress([{ checked: true }, { checked: false }], items)).toEqual({ done: 2, all: 4 });
    expect(workProgress([], [])).toEqual({ done: 0, all: 0 });
  });
});

import { recordedAs } from '#millwright/event-sourcing/testing';
import { scenario } from '../../../../test/harness/given.js';
import { cancelled, completing, drain, now, opened, plainDetails, ticked } from '../testing/work-orders.js';
import { copyOf } from '../testing/procedures.js';
import { archiveWorkOrder } from './work-order-archive.js';
import { tickChecklistItem } from './checklist.js';
import { changeWorkOrder, openWorkOrder, reopenWorkOrder } from './work-order-status.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { workOrder } from './work-order.js';
import type { WorkOrder } from './work-order.state.js';

const given = scenario(workOrder);
const withList = (order: WorkOrder) => changeWorkOrder(order, { changes: { checklist: drain }, now });
const cleared = (order: WorkOrder) => changeWorkOrder(order, { changes: { checklist: null }, now });
const listed = (checklist: readonly object[]) => (order: WorkOrder) => changeWorkOrder(order, { changes: { checklist }, now });

describe('ticking an item of a checklist', () => {
  it('says which one, and nothing of the others', () =>
    given(opened, withList)
      .when(tickChecklistItem, { order: 2, checked: true })
      .thenEvents({ type: 'ChecklistItemTicked', data: { order: 2, checked: true } }));

  it('takes a tick back', () =>
    given(opened, withList, ticked(2))
      .when(tickChecklistItem, { order: 2, checked: false })
      .thenEvents({ type: 'ChecklistItemTicked', data: { order: 2, checked: false } }));

  it('does nothing to what is so already', () =>
    given(opened, withList, ticked(2)).when(tickChecklistItem, { order: 2, checked: true }).thenNothing());

  it('is refused where there is no such item, on closed orders and on archived ones', () => {
    const tick = { order: 1, checked: true };
    given().when(tickChecklistItem, tick).thenRefused('NOT_FOUND');
    given(opened, withList).when(tickChecklistItem, { order: 3, checked: true }).thenRefused('NOT_FOUND');
    given(opened, withList, completing).when(tickChecklistItem, tick).thenRefused('WORK_ORDER_CLOSED');
    given(opened, withList, cancelled).when(tickChecklistItem, tick).thenRefused('WORK_ORDER_CLOSED');
    given(opened, withList, archiveWorkOrder).when(tickChecklistItem, tick).thenRefused('CONFLICT');
  });
});

describe('a checklist', () => {
  it('has each order once', () => {
    const twice = [...drain, { text: 'Refill', order: 2, checked: false }];
    const refusal = { 'work_order.checklist.2.order': 'not_unique' };
    given(opened).whenever(listed(twice)).thenRefused('VALIDATION_FAILED', refusal);
    given()
      .when(openWorkOrder, { workOrderId: 7, details: { ...plainDetails, checklist: twice }, now })
      .thenRefused('VALIDATION_FAILED', refusal);
  });

  it('is ticked on a closed order as little by the whole list as by one item, and says anything else', () => {
    const [first, second] = drain as unknown as readonly [object, object];
    const [checked, other] = [
      { ...second, checked: true },
      { ...first, text: 'Otherwise' },
    ];
    for (const close of [completing, cancelled]) {
      given(opened, withList, close)
        .whenever(listed([first, checked]))
        .thenRefused('WORK_ORDER_CLOSED');
      given(opened, withList, close).whenever(listed([first, second, { text: 'New', order: 9, checked: true }])).thenRefused('WORK_ORDER_CLOSED'); // prettier-ignore
      given(opened, withList, ticked(2), close).whenever(listed(drain)).thenRefused('WORK_ORDER_CLOSED');
      given(opened, withList, ticked(2), close)
        .whenever(listed([other, checked]))
        .thenTypes('WorkOrderDetailsChanged');
      given(opened, withList, ticked(1), close)
        .whenever(listed([{ ...first, checked: true }]))
        .thenTypes('WorkOrderDetailsChanged');
      given(opened, withList, ticked(2), close)
        .whenever(listed([first]))
        .thenRefused('WORK_ORDER_CLOSED');
      given(opened, withList, ticked(2), close).whenever(cleared).thenRefused('WORK_ORDER_CLOSED');
      given(opened, withList, ticked(2), close)
        .whenever((order) => changeWorkOrder(order, { changes: { title: 'Otherwise' }, now }))
        .thenTypes('WorkOrderDetailsChanged');
    }
    const status = { statusId: 1, kind: 'open' } as const;
    given(opened, withList, cancelled)
      .when(changeWorkOrder, { changes: { checklist: [first, checked] }, status, now })
      .thenTypes('WorkOrderDetailsChanged', 'WorkOrderReopened');
  });

  it('has the first of two ticked in a list of an earlier release', () => {
    const details = { ...plainDetails, checklist: [{ text: 'One', order: 4, checked: false }, { text: 'Other', order: 4, checked: false }] }; // prettier-ignore
    const first: WorkOrderEvent = { type: 'WorkOrderOpened', data: { workOrderId: 7, statusId: 1, kind: 'open', details } };
    given(() => [first], ticked(4)).thenState((order) =>
      expect(order.details['checklist']).toMatchObject([{ checked: true }, { checked: false }]),
    );
  });
});

describe('who ticked an item off, and when', () => {
  /** The ticks after each of these decisions, as the log would have recorded them, an event a second. */
  function ticksAfter(...steps: readonly ((order: WorkOrder) => readonly WorkOrderEvent[])[]): WorkOrder['ticks'] {
    const sizes: number[] = [];
    const events = steps.reduce<WorkOrderEvent[]>((before, step) => {
      const decided = step(before.reduce(workOrder.evolve, workOrder.initialState));
      sizes.push(decided.length);
      return [...before, ...decided];
    }, []);
    return recordedAs('workOrder-7', events, sizes).reduce(workOrder.evolve, workOrder.initialState).ticks;
  }

  const second = (number: number): string => `2026-01-31T12:00:0${number}.000Z`;
  const [inspect, clear] = drain;

  it('is whoever did it, each item for itself, and nobody once the tick is taken back', () => {
    expect(ticksAfter(opened, withList, ticked(1), ticked(2))).toMatchObject({ 1: { at: second(2) }, 2: { at: second(3) } });
    expect(ticksAfter(opened, withList, ticked(1), ticked(2), ticked(1, false))).toEqual({ 2: expect.anything() });
  });

  it('stays with what a whole list says unchanged, and is new for what it says otherwise', () => {
    const whole = [
      { ...inspect, text: 'Inspect twice', checked: true },
      { ...clear, checked: true },
    ];
    expect(ticksAfter(opened, withList, ticked(1), ticked(2), listed(whole))).toMatchObject({ 1: { at: second(4) }, 2: { at: second(3) } });
  });

  it('stays with an item of a closed order whose text is corrected, as nothing is ticked there', () => {
    const whole = [{ ...inspect }, { ...clear, text: 'Clear it', checked: true }];
    for (const close of [completing, cancelled])
      expect(ticksAfter(opened, withList, ticked(2), close, listed(whole))).toMatchObject({ 2: { at: second(2) } });
  });

  it('is whoever reopened the order, where an item is said otherwise with that, and not where it was said before', () => {
    const status = { statusId: 1, kind: 'open' } as const;
    const reopened = (checklist: readonly object[]) => (order: WorkOrder) =>
      changeWorkOrder(order, { changes: { title: 'Otherwise', checklist }, templates: [copyOf(1)], status, now });
    for (const [close, edited] of [
      [completing, 5],
      [cancelled, 4],
    ] as const) {
      const past = [opened, withList, ticked(2), close];
      const said = [{ ...inspect }, { ...clear, text: 'Clear it', checked: true }];
      expect(ticksAfter(...past, reopened(said))).toMatchObject({ 2: { at: second(edited) } });
      const other = [
        { ...inspect, text: 'Otherwise' },
        { ...clear, checked: true },
      ];
      expect(ticksAfter(...past, reopened(other))).toMatchObject({ 2: { at: second(2) } });
      expect(ticksAfter(...past, listed(said), (order) => reopenWorkOrder(order, { now }))).toMatchObject({ 2: { at: second(2) } });
    }
  });

  it('is known of a list that was made with ticks, also by an earlier release', () => {
    const checklist = [{ ...inspect, checked: true }, clear];
    const made = (order: WorkOrder) => openWorkOrder(order, { workOrderId: 7, details: { ...plainDetails, checklist }, now });
    expect(ticksAfter(made)).toEqual({ 1: { at: second(0), by: { kind: 'user', id: '1' } } });
  });
});

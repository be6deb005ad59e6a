import {
  cancelled,
  completing,
  finished,
  now,
  opened,
  quantitySet,
  requestRefused,
  requested,
  reopened,
  completionRefused,
} from '../testing/work-orders.js';
import type { OrderEffectOutcome } from '#millwright/inventory';
import { concernsParts, effectsOf, fulfil, type FulfilmentEffects, type PartEffect } from './fulfilment.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { workOrder } from './work-order.js';
import type { WorkOrder } from './work-order.state.js';

type Step = (order: WorkOrder) => readonly WorkOrderEvent[];

const fold = (steps: readonly Step[]): { order: WorkOrder; events: WorkOrderEvent[] } => {
  const events: WorkOrderEvent[] = [];
  let order = workOrder.initialState;
  for (const step of steps)
    for (const event of step(order)) {
      events.push(event);
      order = workOrder.evolve(order, event);
    }
  return { order, events };
};

/** What the last event of these asks of the parts. */
function asked(...steps: readonly Step[]): PartEffect[] {
  const { events } = fold(steps);
  const before = events.slice(0, -1).reduce(workOrder.evolve, workOrder.initialState);
  const last = events.at(-1);
  return last ? effectsOf(before, last) : [];
}

describe('what an event of an order asks of its parts', () => {
  const fence = (orderRevision: number) => ({ workOrderId: 7, orderRevision });

  it('a request reserves, or releases, up to what is wanted', () => {
    expect(asked(opened, requested(52, '2'))).toEqual([{ ...fence(1), partId: 52, kind: 'reserve', quantity: '2' }]);
    expect(asked(opened, requested(52, '2'), requested(52, '3'))).toEqual([{ ...fence(2), partId: 52, kind: 'reserve', quantity: '5' }]);
    expect(asked(opened, requested(52, '2'), quantitySet(52, '0'))).toEqual([{ ...fence(2), partId: 52, kind: 'reserve', quantity: '0' }]);
  });

  it('on a completed order, it returns all but what is kept', () =>
    expect(asked(opened, requested(52, '2'), completing, finished(2, { partId: 52, quantity: '2' }), quantitySet(52, '0.5'))).toEqual([
      { ...fence(4), partId: 52, kind: 'return', quantityKept: '0.5' },
    ]));

  it('the start of a completion issues every part, as of the completion', () =>
    expect(asked(opened, requested(60, '2'), requested(52, '2'), completing)).toEqual([
      { ...fence(3), partId: 52, kind: 'issue', effectiveAt: now },
      { ...fence(3), partId: 60, kind: 'issue', effectiveAt: now },
    ]));

  it('a refused completion and a reopening return and reserve again', () => {
    expect(asked(opened, requested(52, '2'), completing, completionRefused(2, 52))).toEqual([
      { ...fence(3), partId: 52, kind: 'returnAndReserve' },
    ]);
    expect(asked(opened, requested(52, '2'), completing, finished(2, { partId: 52, quantity: '2' }), reopened)).toEqual([
      { ...fence(4), partId: 52, kind: 'returnAndReserve' },
    ]);
  });

  it('reopening what was cancelled asks for nothing', () => expect(asked(opened, requested(52, '2'), cancelled, reopened)).toEqual([]));

  it('cancelling releases', () =>
    expect(asked(opened, requested(52, '2'), cancelled)).toEqual([{ ...fence(2), partId: 52, kind: 'release' }]));

  it('nothing else asks for anything', () => {
    expect(asked(opened)).toEqual([]);
    expect(asked(opened, requested(52, '2'), requestRefused(52, 1, '0'))).toEqual([]);
    expect(asked(opened, requested(52, '2'), completing, finished(2))).toEqual([]);
    expect(
      ['WorkOrderOpened', 'WorkOrderDetailsChanged', 'OtherCostRecorded', 'WorkOrderCompleted'].some((type) => concernsParts({ type })),
    ).toBe(false);
  });
});

/** Handles the last event of these where parts answer as told, and says what was asked and what the order heard. */
async function handled(
  steps: readonly Step[],
  answers: Readonly<Record<number, OrderEffectOutcome>>,
): Promise<{ asked: number[]; heard: WorkOrderEvent[] }> {
  const { order, events } = fold(steps);
  const revision = events.length - 1;
  const askedParts: number[] = [];
  const heard: WorkOrderEvent[] = [];
  const world: FulfilmentEffects = {
    orderBefore: async (_, at) => events.slice(0, at).reduce(workOrder.evolve, workOrder.initialState),
    carryOut: async ({ partId }) => {
      askedParts.push(partId);
      return answers[partId] ?? { kind: 'overtaken' };
    },
    answer: async (_, decision) => {
      heard.push(...decision(order));
    },
  };
  const event = events[revision];
  if (event) await fulfil(world, 7, revision, event);
  return { asked: askedParts, heard };
}

describe('what an order hears of its parts', () => {
  const granted: OrderEffectOutcome = { kind: 'done', quantity: '2' };
  const short: OrderEffectOutcome = { kind: 'refused', quantity: '1', code: 'INSUFFICIENT_STOCK', message: '2 reserved, 1 on hand.' };

  it('nothing of a request that was granted', async () =>
    expect((await handled([opened, requested(52, '2')], { 52: granted })).heard).toEqual([]));

  it('a refusal of a request, with what stays granted', async () =>
    expect((await handled([opened, requested(52, '2')], { 52: short })).heard).toEqual([
      {
        type: 'PartAssignmentRefused',
        data: { partId: 52, requestRevision: 1, code: 'INSUFFICIENT_STOCK', message: '2 reserved, 1 on hand.', quantityAfter: '1' },
      },
    ]));

  it('that it is completed, with what was issued; a part of which nothing was granted is not named', async () => {
    const { heard } = await handled([opened, requested(52, '2'), requested(53, '9'), completing], {
      52: granted,
      53: { kind: 'done', quantity: '0' },
    });
    expect(heard).toMatchObject([{ type: 'WorkOrderCompleted', data: { completionRevision: 3, parts: [{ partId: 52, quantity: '2' }] } }]);
  });

  it('that it is not, by every part that could not be issued; what was issued beside it is undone by the refusal', async () => {
    const { asked: parts, heard } = await handled([opened, requested(52, '2'), requested(53, '2'), requested(54, '2'), completing], {
      52: granted,
      53: short,
      54: granted,
    });
    expect(parts).toEqual([52, 53, 54]);
    expect(heard).toEqual([
      {
        type: 'WorkOrderCompletionRefused',
        version: 2,
        data: {
          completionRevision: 4,
          count: 1,
          parts: [{ partId: 53, quantity: '1', code: 'INSUFFICIENT_STOCK', message: '2 reserved, 1 on hand.' }],
        },
      },
    ]);
  });

  it('nothing from a worker that was overtaken', async () => {
    expect((await handled([opened, requested(52, '2'), completing], {})).heard).toEqual([]);
    expect((await handled([opened, requested(52, '2')], {})).heard).toEqual([]);
  });

  it('nothing of a completion without parts, which finished itself', async () => {
    const started: Step = (order) => completing(order).slice(0, 1);
    expect((await handled([opened, started], {})).heard).toEqual([]);
  });

  it('nothing of events that ask for nothing, which are not even looked at', async () =>
    expect(await handled([opened], {})).toEqual({ asked: [], heard: [] }));
});

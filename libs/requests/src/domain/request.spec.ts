import type { RequestDetails, WorkOrderRequestEvent } from './request.events.js';
import { archiveRequest, changeRequest, convertRequest, followOrder, registerRequest, unarchiveRequest } from './request-decisions.js';
import { workOrderRequest, type WorkOrderRequest } from './request.js';

type Step = (request: WorkOrderRequest) => WorkOrderRequestEvent[];

const details: RequestDetails = { externalReference: null, title: 'Leak', priority: 'high' };
const made: Step = (request) => registerRequest(request, { requestId: 4, portalId: null, details });
const moved =
  (status: 'open' | 'on_hold' | 'rejected' | 'cancelled', rejectionReason?: string | null): Step =>
  (request) =>
    changeRequest(request, { changes: {}, status, rejectionReason });
const order = { details: {}, statusId: null, kind: null, completedAt: null };
const converted: Step = (request) => convertRequest(request, { workOrderId: 9, order });
const followed =
  (orderRevision: number, status: 'approved' | 'completed' | 'cancelled', completedAt: string | null = null): Step =>
  (request) =>
    followOrder(request, { workOrderId: 9, orderRevision, status, completedAt });
const after = (...steps: readonly Step[]): WorkOrderRequest =>
  steps.reduce((state, step) => step(state).reduce(workOrderRequest.evolve, state), workOrderRequest.initialState);
const refusalOf = (decide: () => unknown): object => {
  try {
    decide();
  } catch (refusal) {
    return refusal as object;
  }
  throw new Error('nothing was refused');
};
const then = '2026-03-02T08:00:00.000Z';

describe('a request for work', () => {
  it('is open where nothing is said, and rejected at once only with its reason', () => {
    expect(after(made)).toMatchObject({ status: 'open', rejectionReason: null, workOrderId: null });
    const register = (status: 'rejected' | 'on_hold', rejectionReason?: string) => () =>
      registerRequest(after(), { requestId: 4, portalId: null, details, status, rejectionReason });
    expect(register('rejected', 'Twice')()).toMatchObject([{ data: { status: 'rejected', rejectionReason: 'Twice' } }]);
    expect(refusalOf(register('rejected'))).toMatchObject({
      details: [{ field: 'work_order_request.rejection_reason', code: 'required' }],
    });
    expect(refusalOf(register('on_hold', 'Twice'))).toMatchObject({ details: [{ code: 'contradicts_status' }] });
  });

  it('is moved by clients to every status but those that follow from an order', () => {
    for (const status of ['on_hold', 'cancelled', 'open'] as const) expect(after(made, moved(status)).status).toBe(status);
    for (const status of ['approved', 'completed'] as const)
      expect(refusalOf(() => changeRequest(after(made), { changes: {}, status }))).toMatchObject({
        details: [{ field: 'work_order_request.status', code: 'use_operation' }],
      });
  });

  it('keeps the reason while it is rejected, and loses it when it is opened again', () => {
    const rejected = after(made, moved('rejected', 'Twice'));
    expect(moved('rejected')(rejected)).toEqual([]);
    expect(changeRequest(rejected, { changes: {}, rejectionReason: 'Thrice' })).toMatchObject([{ data: { rejectionReason: 'Thrice' } }]);
    expect(refusalOf(() => changeRequest(rejected, { changes: {}, rejectionReason: null }))).toMatchObject({
      details: [{ code: 'required' }],
    });
    expect(after(made, moved('rejected', 'Twice'), moved('open'))).toMatchObject({ status: 'open', rejectionReason: null });
  });

  it('says what changed and nothing else', () => {
    expect(changeRequest(after(made), { changes: { title: 'Leak', priority: 'low' }, status: 'open' })).toEqual([
      { type: 'WorkOrderRequestChanged', data: { changes: { priority: 'low' } } },
    ]);
    expect(changeRequest(after(made), { changes: { title: 'Leak' } })).toEqual([]);
  });

  it('becomes one order, for ever', () => {
    expect(after(made, converted)).toMatchObject({ status: 'approved', workOrderId: 9 });
    for (const steps of [[converted], [converted, followed(3, 'cancelled')], [converted, followed(3, 'cancelled'), archiveRequest]])
      expect(refusalOf(() => converted(after(made, ...steps)))).toMatchObject({
        code: 'REQUEST_CONVERTED',
        // Whoever does not see the order is told the same without its number.
        message: 'This request has its work order 9 already.',
        facts: { id: 9 },
      });
    for (const steps of [[moved('rejected', 'Twice')], [moved('cancelled')], [archiveRequest]])
      expect(refusalOf(() => converted(after(made, ...steps)))).toMatchObject({ code: 'CONFLICT' });
    expect(after(made, moved('on_hold'), converted).status).toBe('approved');
  });

  it('follows its order, and no client, once it has one', () => {
    const completed = after(made, converted, followed(3, 'completed', then));
    expect(completed).toMatchObject({ status: 'completed', completedAt: then });
    expect(after(made, converted, followed(3, 'completed', then), followed(4, 'approved'))).toMatchObject({
      status: 'approved',
      completedAt: null,
    });
    for (const status of ['open', 'on_hold', 'approved', 'completed', 'rejected', 'cancelled'] as const)
      expect(refusalOf(() => changeRequest(completed, { changes: {}, status }))).toMatchObject({ code: 'CONFLICT', facts: { id: 9 } });
    expect(changeRequest(completed, { changes: { title: 'Leak again' } })).toHaveLength(1);
  });

  it('ignores what is late, repeated, or of another order', () => {
    const reopened = after(made, converted, followed(3, 'completed', then), followed(4, 'approved'));
    expect(followed(3, 'completed', then)(reopened)).toEqual([]);
    expect(followed(4, 'approved')(reopened)).toEqual([]);
    expect(followOrder(reopened, { workOrderId: 8, orderRevision: 9, status: 'cancelled', completedAt: null })).toEqual([]);
    expect(followed(1, 'completed', then)(after(made))).toEqual([]);
  });

  it('is put away when no open order depends on it, and stays as it is until it is brought back', () => {
    expect(refusalOf(() => archiveRequest(after(made, converted)))).toMatchObject({ code: 'RECORD_IN_USE', facts: { id: 9 } });
    const archived = after(made, converted, followed(3, 'completed', then), archiveRequest);
    expect(archiveRequest(archived)).toEqual([]);
    expect(refusalOf(() => changeRequest(archived, { changes: { title: 'x' } }))).toMatchObject({ code: 'CONFLICT' });
    // Its order goes on all the same.
    expect(followed(4, 'approved')(archived)).toHaveLength(1);
    expect(after(made, archiveRequest, unarchiveRequest).archived).toBe(false);
  });
});

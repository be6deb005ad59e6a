import { missingIn, recordedAs, rowsAfterEach } from '#millwright/event-sourcing/testing';
import {
  archiveRequest,
  changeRequest,
  convertRequest,
  followOrder,
  registerRequest,
  unarchiveRequest,
} from '../domain/request-decisions.js';
import type { WorkOrderRequestEvent } from '../domain/request.events.js';
import { workOrderRequest, type WorkOrderRequest } from '../domain/request.js';
import { requestFold } from './request-row.js';

type Step = (request: WorkOrderRequest) => readonly WorkOrderRequestEvent[];

const order = { details: {}, statusId: null, kind: null, completedAt: null };
const followed =
  (orderRevision: number, status: 'completed' | 'approved', completedAt: string | null): Step =>
  (request) =>
    followOrder(request, { workOrderId: 9, orderRevision, status, completedAt });

/** Through everything: rejected and opened again, converted, followed to the end and back, put away and brought back. */
const history: readonly Step[] = [
  (request) => registerRequest(request, { requestId: 4, portalId: 2, details: { externalReference: null, title: 'Leak', assetId: 7 } }),
  (request) => changeRequest(request, { changes: { title: 'Leak again', categoriesIds: [3, 1] } }),
  (request) => changeRequest(request, { changes: {}, status: 'rejected', rejectionReason: 'Twice' }),
  (request) => changeRequest(request, { changes: {}, status: 'open' }),
  (request) => convertRequest(request, { workOrderId: 9, order }),
  followed(3, 'completed', '2026-03-02T08:00:00.000Z'),
  archiveRequest,
  followed(4, 'approved', null),
  unarchiveRequest,
];

/** One that is missing here does not compile, and one that is not in the history is tried by nothing below. */
const everyEvent: Readonly<Record<WorkOrderRequestEvent['type'], true>> = {
  WorkOrderRequestRegistered: true,
  WorkOrderRequestChanged: true,
  WorkOrderRequestStatusChanged: true,
  WorkOrderRequestConverted: true,
  WorkOrderRequestFollowedOrder: true,
  WorkOrderRequestArchived: true,
  WorkOrderRequestUnarchived: true,
};

function eventsOf(taken: readonly Step[]): WorkOrderRequestEvent[] {
  const events: WorkOrderRequestEvent[] = [];
  let state = workOrderRequest.initialState;
  for (const step of taken)
    for (const event of step(state)) {
      events.push(event);
      state = workOrderRequest.evolve(state, event);
    }
  return events;
}

describe('the row of a request', () => {
  it('is the same after every event, whether it was remembered in the process or in the database', () => {
    const events = recordedAs('workOrderRequest-4', eventsOf(history));
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(Object.keys(everyEvent)));
    expect(rowsAfterEach(requestFold, events, true)).toEqual(rowsAfterEach(requestFold, events, false));
  });

  it('has a value for every column that is shown', () => {
    for (const row of rowsAfterEach(requestFold, recordedAs('workOrderRequest-4', eventsOf(history)), false))
      expect(missingIn(row, requestFold)).toEqual([]);
  });
});

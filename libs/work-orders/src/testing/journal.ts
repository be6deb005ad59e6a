import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { Event, Stream } from '#millwright/event-sourcing/decider';
import { entriesInOrder, orderEntry, type Part, type PartEvent } from '#millwright/inventory';
import { toValue } from '#millwright/quantities';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import type { WorkOrder } from '../domain/work-order.state.js';

/** A stream with the state after each of its events, and appends at an expected revision only. */
export class Journal<State, E extends Event> {
  readonly events: E[] = [];
  private readonly states: State[] = [];

  constructor(private readonly stream: Stream<State, E>) {}

  get revision(): number {
    return this.events.length - 1;
  }

  /** The state before that revision. */
  before(revision: number): State {
    return this.states[revision - 1] ?? this.stream.initialState;
  }

  append(expectedRevision: number, events: readonly E[]): boolean {
    if (expectedRevision !== this.revision) return false;
    for (const event of events) {
      const state = this.stream.evolve(this.before(this.events.length), event);
      this.events.push(event);
      this.states.push(state);
    }
    return true;
  }
}

export const stateOf = <State, E extends Event>(journal: Journal<State, E>): State => journal.before(journal.events.length);

/** Everything that happened to some parts and orders. */
export type Histories = Readonly<{
  parts: ReadonlyMap<number, Journal<Part, PartEvent>>;
  orders: ReadonlyMap<number, Journal<WorkOrder, WorkOrderEvent>>;
}>;

/** @throws AssertionError what the protocol promises does not hold */
export function checkProtocol(histories: Histories): void {
  checkAgreement(histories);
  checkNothingTwice(histories);
  checkValue(histories);
  checkAnswers(histories);
}

/** Parts and orders agree on what is reserved and issued. */
export function checkAgreement({ parts, orders }: Histories): void {
  for (const [partId, journal] of parts) {
    const state = stateOf(journal);
    for (const [workOrderId, { phase, parts: wantedParts }] of [...orders].map(([id, order]) => [id, stateOf(order)] as const)) {
      const wanted = wantedParts.get(partId)?.quantity ?? 0n;
      const { reserved, issued, charge } = orderEntry(state, workOrderId);
      const expected = { reserved: phase === 'open' ? wanted : 0n, issued: phase === 'completed' ? wanted : 0n };
      deepStrictEqual({ partId, workOrderId, phase, reserved, issued }, { partId, workOrderId, phase, ...expected });
      if (issued === 0n) strictEqual(charge, 0n);
    }
  }
  for (const journal of orders.values()) notStrictEqual(stateOf(journal).phase, 'completing');
}

/** On every part: no order is issued twice without having given back, and the revisions of its effects never go back. */
function checkNothingTwice({ parts }: Histories): void {
  for (const journal of parts.values()) {
    const fences = new Map<number, number>();
    for (const [revision, { type, data }] of journal.events.entries()) {
      if (!('orderRevision' in data)) continue;
      if (type === 'PartIssued') strictEqual(orderEntry(journal.before(revision), data.workOrderId).issued, 0n);
      ok(data.orderRevision >= (fences.get(data.workOrderId) ?? -1));
      fences.set(data.workOrderId, data.orderRevision);
    }
  }
}

/** What was put on the shelf is there or was charged, to the last digit. */
function checkValue({ parts }: Histories): void {
  for (const journal of parts.values()) {
    const { shelf, orders, details, reserved } = stateOf(journal);
    const entries = entriesInOrder(orders).map(([, entry]) => entry);
    strictEqual(
      entries.reduce((sum, entry) => sum + entry.reserved, 0n),
      reserved,
    );
    if (details.isNonStock) continue;
    const arrived = journal.events.reduce(
      (sum, { type, data }) =>
        ['PartOpeningStockRecorded', 'PartRestocked', 'PartReconciled'].includes(type) && 'value' in data ? sum + toValue(data.value) : sum,
      0n,
    );
    strictEqual(
      entries.reduce((sum, { charge }) => sum + charge, shelf.value),
      arrived,
    );
  }
}

/** Every completion ended once; a request was refused by the part exactly when the order was told so, and was told once. */
function checkAnswers({ parts, orders }: Histories): void {
  for (const [id, { events }] of orders) {
    const started = events.flatMap(({ type }, revision) => (type === 'WorkOrderCompletionStarted' ? [revision] : []));
    const ended = events.flatMap(({ data }) => ('completionRevision' in data ? [data.completionRevision] : []));
    deepStrictEqual(
      ended.sort((left, right) => left - right),
      started,
    );
    const told = events.flatMap(({ type, data }) => (type === 'PartAssignmentRefused' ? [`${data.partId}@${data.requestRevision}`] : []));
    const refused = [...parts].flatMap(([partId, journal]) =>
      journal.events.flatMap(({ type, data }) =>
        type === 'PartReservationRefused' && data.workOrderId === id ? [`${partId}@${data.orderRevision}`] : [],
      ),
    );
    deepStrictEqual(told.sort(), refused.sort());
  }
}

import { Injectable } from '@nestjs/common';
import { EventStore, Rejection } from '#millwright/event-sourcing';
import { part, reservationRefusal, type Part } from '#millwright/inventory';
import { showQuantity, toQuantity } from '#millwright/quantities';
import { invalid } from '#millwright/fields';
import { existsHere, type Decided } from '#millwright/resources';
import { removePart, requestPart, setPartQuantity } from './domain/work-order-parts.js';
import type { WorkOrder } from './domain/work-order.state.js';
import type { AssignPart, RemoveAssignedPart, SetAssignedQuantity } from './work-order.commands.js';
import { detailCodeOf } from './fulfilment.js';
import { WorkOrderWriter } from './work-order-writer.js';

/** What an order wants of a part: more, less, or none. Answered when the part has said what it gives. */
@Injectable()
export class PartAssignments {
  constructor(
    private readonly events: EventStore,
    private readonly orders: WorkOrderWriter,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED (not_found, archived), CONFLICT, WORK_ORDER_CLOSED, INSUFFICIENT_STOCK, PRECONDITION_FAILED, COMPLETION_PENDING */
  async assign({ work_order_id, part_id, quantity }: AssignPart): Promise<Decided<WorkOrder>> {
    const { state } = await this.events.load(part, part_id);
    return this.orders.decide(work_order_id, (order) => {
      const wish = requestPart(order, { partId: part_id, quantity });
      refuseUnknown(state);
      refuseWhatCannotBeGranted(state, order, part_id, wantedOf(order, part_id) + toQuantity(quantity));
      return wish;
    });
  }

  /** @throws Rejection as `assign`; NOT_FOUND also for a part that is not assigned */
  async setQuantity({ work_order_id, part_id, quantity }: SetAssignedQuantity): Promise<Decided<WorkOrder>> {
    const { state } = await this.events.load(part, part_id);
    return this.orders.decide(work_order_id, (order) => {
      const wish = setPartQuantity(order, { partId: part_id, quantity });
      refuseWhatCannotBeGranted(state, order, part_id, toQuantity(quantity));
      return wish;
    });
  }

  /** @throws Rejection NOT_FOUND, CONFLICT, PRECONDITION_FAILED, COMPLETION_PENDING */
  remove({ work_order_id, part_id }: RemoveAssignedPart): Promise<Decided<WorkOrder>> {
    return this.orders.decide(work_order_id, (order) => removePart(order, { partId: part_id }));
  }
}

const wantedOf = (order: WorkOrder, partId: number): bigint => order.parts.get(partId)?.quantity ?? 0n;

/** A part that does not exist, and one of another site, look the same. */
function refuseUnknown({ history, archived }: Part): void {
  if (!existsHere(history)) throw invalid([{ field: 'part_id', code: 'not_found', message: 'there is no such part' }]);
  if (archived) throw invalid([{ field: 'part_id', code: 'archived', message: 'is archived; bring the part back first' }]);
}

/** The common case is answered before anything is appended; who comes in between is still judged by the part itself. */
function refuseWhatCannotBeGranted(state: Part, order: WorkOrder, partId: number, wanted: bigint): void {
  if (order.phase !== 'open' || wanted <= wantedOf(order, partId)) return;
  const refusal = order.workOrderId === null ? undefined : reservationRefusal(state, order.workOrderId, showQuantity(wanted));
  if (!refusal) return;
  const details = [{ field: 'quantity', code: detailCodeOf(refusal.code), message: refusal.message }];
  throw new Rejection(refusal.code, refusal.message, details);
}

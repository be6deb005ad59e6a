import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { currentEntity, timeZoneOf, type EntityScope } from '#millwright/access';
import { EventStore, type RecordedEvent } from '#millwright/event-sourcing';
import { fieldsOf } from '#millwright/fields';
import { duplicateReference, ExternalReferences, ReferenceChecks, referenceKey, refuseIf, type Decided } from '#millwright/resources';
import { recordOtherCost } from './domain/other-costs.js';
import type { OtherCostRecorded } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';
import { otherCostRow } from './read-models/work-orders.js';
import { RecordOtherCost, type RecordedCost } from './work-order.commands.js';
import { otherCostIds } from './work-order.resource.js';
import { WorkOrderWriter } from './work-order-writer.js';

const resource = otherCostIds.name;
const fields = fieldsOf(RecordOtherCost);

/** Records costs that are neither labour nor parts. */
@Injectable()
export class OtherCostWriter {
  constructor(
    private readonly events: EventStore,
    private readonly orders: WorkOrderWriter,
    private readonly references: ReferenceChecks,
    private readonly externalReferences: ExternalReferences,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, CONFLICT, DUPLICATE_REFERENCE, PRECONDITION_FAILED */
  async record({ work_order_id, amount, date, category_id, note, external_reference }: RecordOtherCost): Promise<RecordedCost> {
    const problems = await this.references.problems(resource, fields, { category_id });
    const reference = external_reference ?? null;
    const proposed = await this.events.nextId(resource);
    const otherCostId = reference === null ? proposed : await this.externalReferences.idFor(referenceKey(resource, reference), proposed);
    const costAt = (entity: EntityScope): OtherCostRecorded['data'] => ({
      otherCostId,
      amount,
      currency: entity.currency,
      date: date ?? todayIn(timeZoneOf(entity)),
      note: note ?? null,
      categoryId: category_id ?? null,
      externalReference: reference,
    });
    const record = (): Promise<Decided<WorkOrder>> =>
      this.orders.decide(work_order_id, (order) => {
        refuseIf(problems);
        if (reference !== null && order.otherCostIds.has(otherCostId))
          throw duplicateReference(referenceKey(resource, reference), otherCostId);
        return recordOtherCost(order, costAt(currentEntity()));
      });
    const outcome = await (reference === null ? record() : this.underReference(reference, work_order_id, otherCostId, record));
    const recorded = outcome.events.find((event): event is RecordedEvent<OtherCostRecorded> => event.type === 'OtherCostRecorded');
    if (!recorded) throw new Error(`other cost ${otherCostId} of work order ${work_order_id} was answered without its event`);
    return { ...outcome, cost: otherCostRow(recorded) };
  }

  /**
   * A cost lives on its order's stream, so its reference is claimed for the order as well:
   * two requests for one order meet on its stream, and a second order is refused.
   */
  private underReference<T>(reference: string, workOrderId: number, otherCostId: number, record: () => Promise<T>): Promise<T> {
    const holds = async (holder: number): Promise<boolean> => {
      const { state } = await this.events.load(workOrder, holder);
      if (state.otherCostIds.has(otherCostId)) throw duplicateReference(referenceKey(resource, reference), otherCostId);
      return false;
    };
    return this.externalReferences.move({ id: workOrderId, to: referenceKey(`${resource}_order`, reference), holds }, record);
  }
}

const todayIn = (zone: string): string => DateTime.now().setZone(zone).toFormat('yyyy-MM-dd');

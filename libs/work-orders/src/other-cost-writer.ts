import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { currentEntity, timeZoneOf } from '#millwright/access';
import { EventStore, type RecordedEvent } from '#millwright/event-sourcing';
import { fieldsOf } from '#millwright/fields';
import { duplicateReference, ExternalReferences, ReferenceChecks, referenceKey, refuseIf, type Decided } from '#millwright/resources';
import { SiteCurrency } from '#millwright/sites';
import { recordOtherCost, reverseOtherCost } from './domain/other-costs.js';
import type { OtherCostRecorded, OtherCostReversed } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';
import { otherCostRow } from './read-models/work-orders.js';
import { RecordOtherCost, type RecordedCost, type ReverseOtherCost } from './work-order.commands.js';
import { otherCostIds } from './work-order.resource.js';
import { WorkOrderWriter } from './work-order-writer.js';

const resource = otherCostIds.name;
const fields = fieldsOf(RecordOtherCost);

/** Records costs that are neither labour nor parts, and takes them back. */
@Injectable()
export class OtherCostWriter {
  constructor(
    private readonly events: EventStore,
    private readonly orders: WorkOrderWriter,
    private readonly references: ReferenceChecks,
    private readonly externalReferences: ExternalReferences,
    private readonly currency: SiteCurrency,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, CONFLICT, DUPLICATE_REFERENCE, PRECONDITION_FAILED */
  async record(input: RecordOtherCost): Promise<RecordedCost> {
    const { work_order_id, amount, date, category_id, cost_category_id, note, external_reference } = input;
    const problems = await this.references.problems(resource, fields, { category_id, cost_category_id });
    const reference = external_reference ?? null;
    const proposed = await this.events.nextId(resource);
    const otherCostId = reference === null ? proposed : await this.externalReferences.idFor(referenceKey(resource, reference), proposed);
    const costIn = (currency: string): OtherCostRecorded['data'] => ({
      otherCostId,
      amount,
      currency,
      date: date ?? todayIn(timeZoneOf(currentEntity())),
      note: note ?? null,
      categoryId: category_id ?? null,
      externalReference: reference,
      costCategoryId: cost_category_id ?? null,
    });
    const record = (): Promise<Decided<WorkOrder>> =>
      this.orders.decide(work_order_id, (order) => {
        refuseIf(problems);
        if (reference !== null && order.recordedCosts.has(otherCostId))
          throw duplicateReference(referenceKey(resource, reference), otherCostId);
        return recordOtherCost(order, costIn(this.currency.now()));
      });
    const outcome = await this.currency.fixed(() =>
      reference === null ? record() : this.underReference(reference, work_order_id, otherCostId, record),
    );
    return recordedCost(outcome);
  }

  /** @throws Rejection NOT_FOUND, CONFLICT, ALREADY_REVERSED, PRECONDITION_FAILED */
  async reverse({ work_order_id, other_cost_id: reversedOtherCostId, reason, date }: ReverseOtherCost): Promise<RecordedCost> {
    const otherCostId = await this.events.nextId(resource);
    const outcome = await this.orders.decide(work_order_id, (order) =>
      reverseOtherCost(order, { otherCostId, reversedOtherCostId, reason, date: date ?? todayIn(timeZoneOf(currentEntity())) }),
    );
    return recordedCost(outcome);
  }

  /**
   * A cost lives on its order's stream, so its reference is claimed for the order as well:
   * two requests for one order meet on its stream, and a second order is refused.
   */
  private underReference<T>(reference: string, workOrderId: number, otherCostId: number, record: () => Promise<T>): Promise<T> {
    const holds = async (holder: number): Promise<boolean> => {
      const { state } = await this.events.load(workOrder, holder);
      if (state.recordedCosts.has(otherCostId)) throw duplicateReference(referenceKey(resource, reference), otherCostId);
      return false;
    };
    return this.externalReferences.move({ id: workOrderId, to: referenceKey(`${resource}_order`, reference), holds }, record);
  }
}

type CostEvent = OtherCostRecorded | OtherCostReversed;

function recordedCost(outcome: Decided<WorkOrder>): RecordedCost {
  const isCost = (event: RecordedEvent): event is RecordedEvent<CostEvent> => event.type === 'OtherCostRecorded' || event.type === 'OtherCostReversed'; // prettier-ignore
  const recorded = outcome.events.find(isCost);
  if (!recorded) throw new Error(`an other cost of work order ${outcome.id} was answered without its event`);
  return { ...outcome, cost: otherCostRow(recorded) };
}

const todayIn = (zone: string): string => DateTime.now().setZone(zone).toFormat('yyyy-MM-dd');

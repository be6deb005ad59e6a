import { Injectable } from '@nestjs/common';
import { isLeft, restrictionBy } from '#millwright/access';
import { EventStore, type Row } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { convertRequest, workOrderRequest, workOrderRequests } from '#millwright/requests';
import {
  existsHere,
  ReferenceChecks,
  refuseIf,
  requireHere,
  requireLeft,
  ResourceReader,
  ResourceWriter,
  type Answer,
  type Decided,
  type OtherAnswers,
  type Written,
} from '#millwright/resources';
import { asksForCompletion, openWorkOrder, type OpenWorkOrder } from './domain/work-order-status.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';
import { AwaitedProcesses } from './awaited-processes.js';
import { OrderFollowers } from './order-followers.js';
import { requestConversionReaction } from './request-processes.js';
import { begun, withWholeChecklist } from './whole-checklist.js';
import { namingTemplates } from './procedures/template-copies.js';
import type { WorkOrderFields } from './work-order.fields.js';
import { workOrders } from './work-order.resource.js';

/** What an order takes from its request where nothing else is said. */
const copied = [
  'title',
  'description',
  'priority',
  'location_id',
  'asset_id',
  'categories_ids',
  'technicians_ids',
  'vendors_ids',
  'due_date',
] as const;

type Overrides = Omit<Partial<WorkOrderFields>, 'work_order_request_id'>;
type WantedOrder = Omit<OpenWorkOrder, 'workOrderId' | 'details'>;

/**
 * Opens orders from requests. The request's stream decides that, with everything the order begins with, so that of many at the same moment one wins; a
 * reaction opens the order. The answer waits for it, and for the request to have followed its order.
 */
@Injectable()
export class RequestConversion implements OtherAnswers<Written, unknown> {
  constructor(
    private readonly resources: ResourceWriter,
    private readonly reader: ResourceReader,
    private readonly events: EventStore,
    private readonly processes: AwaitedProcesses,
    private readonly followers: OrderFollowers,
    private readonly references: ReferenceChecks,
  ) {}

  /** For a new order that names a request. @throws Rejection VALIDATION_FAILED there is none */
  async requireThere(id: number): Promise<void> {
    const { state, revision } = await this.events.load(workOrderRequest, id);
    const restriction = restrictionBy(workOrderRequests.list.rows);
    if (existsHere(state.history) && isLeft(restriction ? workOrderRequests.rowOf(state, revision) : {}, restriction)) return;
    throw invalid([{ field: 'work_order.work_order_request_id', code: 'not_found', message: `there is no work order request ${id}` }]);
  }

  /**
   * @throws Rejection NOT_FOUND, REQUEST_CONVERTED, CONFLICT, PROCEDURE_INCOMPLETE, VALIDATION_FAILED, DUPLICATE_REFERENCE, PRECONDITION_FAILED, COMPLETION_PENDING (with
   *   `position`) where what follows takes longer than 5 s: the order will be there
   */
  async convert(id: number, overrides: Overrides, wanted: WantedOrder): Promise<Decided<WorkOrder>> {
    const { state, revision } = await this.events.load(workOrderRequest, id);
    requireHere(state.history);
    requireLeft(workOrderRequests, () => workOrderRequests.rowOf(state, revision));
    // Of which alarm an order is, is decided on the alarm's stream, and not on the request's.
    if (overrides.dedup_key != null)
      throw invalid([{ field: 'work_order.dedup_key', code: 'contradicts', message: 'must not be given for an order of a request' }]);
    // What the request refers to may have been archived since, and stays.
    const asked: Row = { ...workOrderRequests.rowOf(state, revision), work_order_request_id: id };
    const input = {
      ...Object.fromEntries(copied.map((name) => [name, asked[name]])),
      customer_id: asked['served_customer_id'] as number | null,
      ...given(overrides),
      work_order_request_id: id,
    };
    const { status, completedAt, templates, now } = wanted;
    const naming = { REQUEST_CONVERTED: workOrders.name, DUPLICATE_REFERENCE: workOrders.name };
    const converted = await this.references.namingSeen(naming, () =>
      this.resources.createThrough(workOrders, withWholeChecklist(begun(input)), asked, (workOrderId, details, problems) =>
        this.events
          .execute(workOrderRequest, id, (request) => {
            requireHere(request.history);
            const closing = asksForCompletion({ status, completedAt }) ? (completedAt ?? now) : null;
            const order = {
              details,
              statusId: status?.statusId ?? null,
              kind: status?.kind ?? null,
              completedAt: closing,
              ...(templates && { templates }),
            };
            const events = convertRequest(request, { workOrderId, order });
            refuseIf(problems);
            // What the order itself would refuse is refused before anything is appended.
            openWorkOrder(workOrder.initialState, { workOrderId, details, ...wanted });
            return events;
          })
          .catch(namingTemplates(templates)),
      ),
    );
    const { workOrderId } = converted.state;
    if (workOrderId === null) throw new Error(`request ${id} was converted to no order`);
    await this.processes.passed(requestConversionReaction.name, converted.position);
    return this.followers.opened(workOrderId, converted.position);
  }

  async answer(order: Written): Promise<Answer> {
    return this.reader.written(workOrders, order);
  }

  source({ row }: Written): Row {
    return row;
  }
}

const given = (overrides: Overrides): Overrides => Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));

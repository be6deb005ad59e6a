import { Injectable, type OnModuleInit } from '@nestjs/common';
import { currentEntity, lacking, requireForDeed } from '#millwright/access';
import { EventStore, type Detail } from '#millwright/event-sourcing';
import { issueRefusal, issueRefusalUnseen, part, type Part, type Refusal } from '#millwright/inventory';
import { showQuantity } from '#millwright/quantities';
import { refuseIf, RelatedRecords, ResourceWriter, ResourceWriters, type Decided, type ResourceCommands } from '#millwright/resources';
import { entities } from '#millwright/sites';
import { Alarms } from './alarms.js';
import { ClosedOrders } from './closed-orders.js';
import { sideBySide } from './domain/side-by-side.js';
import { archiveWorkOrder, unarchiveWorkOrder } from './domain/work-order-archive.js';
import { awaitsParts } from './domain/work-order-completion.js';
import { asksForCompletion, changeWorkOrder, openWorkOrder, reopenWorkOrder, type OpenWorkOrder } from './domain/work-order-status.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import { completedStatus, invalid, partLines, type RefusedPart, type WorkOrder } from './domain/work-order.state.js';
import { completionRefusal, Fulfilment } from './fulfilment.js';
import { MachineNames } from './machine-names.js';
import type { CompleteWorkOrder, ReopenWorkOrder } from './work-order.commands.js';
import { OrderFollowers } from './order-followers.js';
import { RequestConversion } from './request-conversion.js';
import { begun, withWholeChecklist } from './whole-checklist.js';
import { completingWith, type NewWorkOrderFields, type WorkOrderFields } from './work-order.fields.js';
import { workOrders } from './work-order.resource.js';
import { copiesOf } from './procedures/template-copies.js';
import { WorkOrderStatuses } from './work-order-statuses.js';

/** Brings commands on work orders to their stream, and waits until their parts have dealt with them. */
@Injectable()
export class WorkOrderWriter implements ResourceCommands, OnModuleInit {
  constructor(
    private readonly resources: ResourceWriter,
    private readonly events: EventStore,
    private readonly statuses: WorkOrderStatuses,
    private readonly fulfilment: Fulfilment,
    private readonly requests: RequestConversion,
    private readonly closedOrders: ClosedOrders,
    private readonly followers: OrderFollowers,
    private readonly writers: ResourceWriters,
    private readonly related: RelatedRecords,
    private readonly names: MachineNames,
    private readonly alarms: Alarms,
  ) {}

  onModuleInit(): void {
    this.writers.register(workOrders, this);
  }

  /** @throws Rejection VALIDATION_FAILED, DUPLICATE_REFERENCE, CONFLICT; where it names a request, as `convert` */
  async create(said: NewWorkOrderFields): Promise<Decided<WorkOrder>> {
    const { input, problems } = await this.names.inNumbers(said);
    const { work_order_request_id, ...overrides } = input;
    if (work_order_request_id != null) {
      refuseIf(problems);
      await this.requests.requireThere(work_order_request_id);
      return this.convert(work_order_request_id, overrides);
    }
    const wanted = await this.wantedBy(input);
    const whole = withWholeChecklist(begun(input));
    if (input.dedup_key != null) return this.raise(input.dedup_key, whole, problems, wanted);
    const outcome = await this.resources.create(workOrders, whole, (order, workOrderId, details) => {
      refuseIf(problems);
      return openWorkOrder(order, { workOrderId, details, ...wanted });
    });
    return this.settled(outcome);
  }

  /** Opens an order from a request: what is left out is as the request has it. @throws Rejection as `RequestConversion.convert` */
  async convert(requestId: number, overrides: Omit<Partial<WorkOrderFields>, 'work_order_request_id'>): Promise<Decided<WorkOrder>> {
    return this.requests.convert(requestId, overrides, await this.wantedBy(overrides));
  }

  /** An order that a machine asks for under a key of its own: while one of that key is open, the call is a repeat of it. */
  private raise(
    key: string,
    whole: Partial<WorkOrderFields>,
    problems: readonly Detail[],
    wanted: Omit<OpenWorkOrder, 'workOrderId' | 'details'>,
  ): Promise<Decided<WorkOrder>> {
    const text = [whole.description, whole.title].find((words) => words != null && words !== '') ?? '';
    const wanting = this.resources
      .wanted(workOrders, whole)
      .then(({ details, problems: others }) => ({ ...wanted, details, problems: [...problems, ...others] }));
    return this.alarms.raise(key, text, wanting);
  }

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS it completes or reopens, CONFLICT, WORK_ORDER_CLOSED, INSUFFICIENT_STOCK, DUPLICATE_REFERENCE, PRECONDITION_FAILED, COMPLETION_PENDING */
  async update(id: number, input: Partial<WorkOrderFields>): Promise<Decided<WorkOrder>> {
    if (input.work_order_request_id !== undefined) throw invalid('work_order.work_order_request_id', 'never_changes', 'never changes');
    const wanted = await this.wantedBy(input);
    const known = asksForCompletion(wanted) ? await this.partsOf(id) : new Map<number, Part>();
    const costsUnseen = lacking()?.('costs:read') ?? false;
    const outcome = await this.resources.update(workOrders, id, withWholeChecklist(input), (order, changes) => {
      const events = changeWorkOrder(order, { changes, ...wanted });
      if (events.some(({ type }) => type === 'WorkOrderReopened')) requireForDeed(completingWith);
      if (awaitsParts(events)) requireIssuable(id, order, { known, costsUnseen });
      return events;
    });
    return this.settled(outcome);
  }

  /** What a request wants beside the fields: a status, and templates to follow. @throws Rejection VALIDATION_FAILED an unknown status; INSUFFICIENT_PERMISSIONS */
  private async wantedBy({ status_id, completed_at: completedAt, procedure_template_ids }: Partial<WorkOrderFields>) {
    const status = await this.statuses.find(status_id);
    if (asksForCompletion({ status, completedAt })) requireForDeed(completingWith);
    const requireProcedures = asksForCompletion({ status, completedAt }) && (await this.requiresProcedures());
    const named = procedure_template_ids;
    const templates = named === undefined ? undefined : await copiesOf(named ?? [], this.related.services);
    return { status, completedAt, requireProcedures, templates, now: new Date().toISOString() };
  }

  /** Whether the site completes no order of which a required item is open. */
  private async requiresProcedures(): Promise<boolean> {
    const { state } = await this.events.load(entities.stream, currentEntity().id);
    return state.values['require_procedures'] === true;
  }

  private async partsOf(id: number): Promise<ReadonlyMap<number, Part>> {
    const { state: order } = await this.events.load(workOrder, id);
    return new Map(await sideBySide(partLines(order), async ([partId]) => [partId, (await this.events.load(part, partId)).state] as const));
  }

  /** @throws Rejection VALIDATION_FAILED a status of another kind, and as `update` */
  async complete({ work_order_id, completed_at, status_id }: CompleteWorkOrder): Promise<Decided<WorkOrder>> {
    await this.statuses.require('completed', status_id);
    return this.update(work_order_id, { completed_at: completed_at ?? undefined, status_id: status_id ?? completedStatus.statusId });
  }

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED also for a status of another kind, CONFLICT, PRECONDITION_FAILED, COMPLETION_PENDING */
  async reopen({ work_order_id, status_id }: ReopenWorkOrder): Promise<Decided<WorkOrder>> {
    const status = await this.statuses.require('open', status_id);
    const now = new Date().toISOString();
    return this.decide(work_order_id, (order) => reopenWorkOrder(order, { status, now }));
  }

  /** @throws Rejection NOT_FOUND, CONFLICT, PRECONDITION_FAILED */
  archive(id: number): Promise<Decided<WorkOrder>> {
    return this.decide(id, archiveWorkOrder);
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED */
  unarchive(id: number): Promise<Decided<WorkOrder>> {
    return this.decide(id, unarchiveWorkOrder);
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED, COMPLETION_PENDING, what the decision says and what the parts say */
  async decide(id: number, decision: (order: WorkOrder) => readonly WorkOrderEvent[]): Promise<Decided<WorkOrder>> {
    return this.settled(await this.resources.decide(workOrders, id, decision));
  }

  private async settled(outcome: Decided<WorkOrder>): Promise<Decided<WorkOrder>> {
    const settled = await this.closedOrders.withTheirLabour(outcome, await this.fulfilment.settled(outcome));
    return this.followers.followed(this.resources.written(workOrders, outcome.id, settled));
  }
}

/**
 * The common case is answered before anything is appended; what changes in between is still judged by the parts themselves.
 * `known`: the parts of the order as they were a moment ago.
 * @throws Rejection INSUFFICIENT_STOCK, VALUE_OUT_OF_RANGE of the first part that cannot be issued; CONFLICT a part was added this moment
 */
function requireIssuable(
  id: number,
  order: WorkOrder,
  { known, costsUnseen }: Readonly<{ known: ReadonlyMap<number, Part>; costsUnseen: boolean }>,
): void {
  const refused = partLines(order).flatMap(([partId, { quantity }]): RefusedPart[] => {
    const refusal = refusalOf(known.get(partId), id, costsUnseen ? quantity : undefined);
    return refusal ? [{ partId, quantity: showQuantity(quantity), ...refusal }] : [];
  });
  const refusal = completionRefusal({ parts: refused, count: refused.length });
  if (refusal) throw refusal;
}

/** @param unseen how many are wanted by an order that somebody completes who does not see what they cost */
function refusalOf(known: Part | undefined, workOrderId: number, unseen: bigint | undefined): Refusal | undefined {
  if (unseen === undefined) return known && issueRefusal(known, workOrderId);
  // What such a part costs would be told by the part itself, which does not know who asks.
  if (!known) return { code: 'CONFLICT', message: 'The part was added at this very moment; complete the order again.' };
  return issueRefusalUnseen(known, workOrderId, unseen);
}

import { Injectable } from '@nestjs/common';
import { currentContext, EventStore, type Detail, type Outcome } from '#millwright/event-sourcing';
import { issueRefusal, part } from '#millwright/inventory';
import { showQuantity } from '#millwright/quantities';
import {
  camelCase,
  fieldsOf,
  invalid,
  isHere,
  noSuchRecord,
  ReferenceChecks,
  ReferencedCreation,
  storedValues,
  type RecordValues,
} from '#millwright/resources';
import { archiveWorkOrder, unarchiveWorkOrder } from './domain/work-order-archive.js';
import { changeWorkOrder, openWorkOrder, reopenWorkOrder, type ChangeWorkOrder } from './domain/work-order-status.js';
import type { ChecklistItem, UnissuedPart, WorkOrderDetails, WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import { partLines, unknownWorkOrder, type Status, type WorkOrder } from './domain/work-order.state.js';
import { Fulfilment, refuseCompletion } from './fulfilment.js';
import { workOrderRow } from './read-models/work-order-row.js';
import { WorkOrderInput } from './work-order.inputs.js';
import type { WorkOrderOutcome } from './work-order.commands.js';
import { WorkOrderStatuses } from './work-order-statuses.js';

const resource = 'work_order';
const fields = fieldsOf(WorkOrderInput);

const creation = {
  resource,
  stream: workOrder,
  referenceOf: (state: WorkOrder) => (state.workOrderId === null ? undefined : state.details.externalReference),
};

type Decision = (order: WorkOrder) => readonly WorkOrderEvent[];

/** Brings commands on work orders to their stream, and waits until their parts have dealt with them. */
@Injectable()
export class WorkOrderWriter {
  constructor(
    private readonly events: EventStore,
    private readonly references: ReferenceChecks,
    private readonly referenced: ReferencedCreation,
    private readonly statuses: WorkOrderStatuses,
    private readonly fulfilment: Fulfilment,
  ) {}

  /** @throws Rejection VALIDATION_FAILED, DUPLICATE_REFERENCE */
  async create(input: WorkOrderInput): Promise<WorkOrderOutcome> {
    const values = storedValues(fields, input, {});
    const problems = await this.references.problems(resource, fields, values);
    const details = { ...unknownWorkOrder.details, ...detailsOf(values) };
    const status = await this.statuses.find(input.status_id);
    const now = new Date().toISOString();
    const outcome = await this.referenced.create({
      ...creation,
      sequence: resource,
      externalReference: details.externalReference,
      decide(state, workOrderId) {
        refuseIf(problems);
        return openWorkOrder(state, { workOrderId, details, status, completedAt: input.completed_at, now });
      },
    });
    return this.fulfilment.settled(outcome);
  }

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, CONFLICT, WORK_ORDER_CLOSED, INSUFFICIENT_STOCK, DUPLICATE_REFERENCE, PRECONDITION_FAILED, COMPLETION_PENDING */
  async update(id: number, input: Partial<WorkOrderInput>): Promise<WorkOrderOutcome> {
    const { state } = await this.events.load(workOrder, id);
    requireHere(state);
    const before = workOrderRow(state) as unknown as RecordValues;
    const values = storedValues(fields, input, before);
    const problems = await this.references.problems(resource, fields, values, before);
    const changes = detailsOf(values);
    const reference = changes.externalReference;
    if (problems.length === 0 && reference != null && reference !== state.details.externalReference)
      await this.referenced.claim(creation, id, reference);
    const status = await this.statuses.find(input.status_id);
    return this.change(id, { changes, status, completedAt: input.completed_at }, problems);
  }

  private async change(id: number, change: Omit<ChangeWorkOrder, 'now'>, problems: readonly Detail[]): Promise<WorkOrderOutcome> {
    const now = new Date().toISOString();
    const completes = change.status ? change.status.kind === 'completed' : typeof change.completedAt === 'string';
    const unissuable = completes ? await this.unissuableParts(id) : [];
    return this.decide(id, (order) => {
      refuseIf(problems);
      const events = changeWorkOrder(order, { ...change, now });
      if (events.at(-1)?.type === 'WorkOrderCompletionStarted') refuseCompletion(unissuable);
      return events;
    });
  }

  /** The common case is answered before anything is appended; what changes in between is still judged by the parts themselves. */
  private async unissuableParts(id: number): Promise<UnissuedPart[]> {
    const { state: order } = await this.events.load(workOrder, id);
    const found = await Promise.all(
      partLines(order).map(async ([partId, { quantity }]): Promise<UnissuedPart[]> => {
        const refusal = issueRefusal((await this.events.load(part, partId)).state, id);
        return refusal ? [{ partId, quantity: showQuantity(quantity), ...refusal }] : [];
      }),
    );
    return found.flat();
  }

  reopen(id: number, status: Status | undefined): Promise<WorkOrderOutcome> {
    const now = new Date().toISOString();
    return this.decide(id, (order) => reopenWorkOrder(order, { status, now }));
  }

  archive(id: number): Promise<WorkOrderOutcome> {
    return this.decide(id, archiveWorkOrder);
  }

  unarchive(id: number): Promise<WorkOrderOutcome> {
    return this.decide(id, unarchiveWorkOrder);
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED, COMPLETION_PENDING, what the decision says and what the parts say */
  async decide(id: number, decision: Decision): Promise<WorkOrderOutcome> {
    const outcome: Outcome<WorkOrder> = await this.events.execute(workOrder, id, (order) => {
      requireHere(order);
      return decision(order);
    });
    return this.fulfilment.settled({ ...outcome, id });
  }
}

/** @throws Rejection NOT_FOUND for an order that does not exist or belongs elsewhere: the two must look the same */
export function requireHere({ workOrderId, history }: WorkOrder): void {
  const here = history && isHere({ customer_id: history.customerId, entity_id: history.entityId }, currentContext());
  if (workOrderId === null || !here) throw noSuchRecord();
}

export function refuseIf(problems: readonly Detail[]): void {
  if (problems.length > 0) throw invalid(problems);
}

/** A null where an order cannot have one means the same as an empty list. */
const lists: ReadonlySet<string> = new Set(['categoriesIds', 'techniciansIds', 'checklist'] satisfies (keyof WorkOrderDetails)[]);

/** Fields that are no details: they move the order to a status. */
const moves: ReadonlySet<string> = new Set(['status_id', 'completed_at']);

function detailsOf(values: RecordValues): Partial<WorkOrderDetails> {
  const details = Object.entries(values).flatMap(([name, value]) => {
    if (moves.has(name)) return [];
    const key = camelCase(name);
    if (key === 'checklist') return [[key, checklistOf(value)]];
    return [[key, value ?? (lists.has(key) ? [] : null)]];
  });
  return Object.fromEntries(details) as Partial<WorkOrderDetails>;
}

/** An item without an order stands where it stands in the list. */
const checklistOf = (items: unknown): ChecklistItem[] =>
  ((items ?? []) as readonly { text: string; order?: number | null; checked?: boolean | null }[]).map(
    ({ text, order, checked }, index) => ({
      text,
      order: order ?? index + 1,
      checked: checked ?? false,
    }),
  );

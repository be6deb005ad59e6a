import { commentBecauseOf, textsNaming } from '#millwright/comments';
import {
  reaction,
  Rejection,
  type Consequences,
  type Detail,
  type Position,
  type Reaction,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import { camelCase, spoken } from '#millwright/fields';
import { referenceProblem, type ReferenceServices } from '#millwright/resources';
import { copiesOf, requestPart, workOrder, type WorkOrder, type WorkOrderEvent } from '#millwright/work-orders';
import type { PmOccurrenceRaised, PmScheduleEvent, TemplatePart } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import type { PmSchedule } from './domain/pm-schedule.state.js';
import { openedWith, withWhatFits, type Beginning } from './order-size.js';
import { pmScheduleFields } from './pm-schedule.fields.js';
import { templateFields } from './template-work-order.fields.js';

export const occurrenceReactionName = 'pm-occurrences';

/** What opening an order needs of the world beside its stream. */
export type OpeningWorld = ReferenceServices &
  Readonly<{
    /** Resolves when the parts have said what they give to the order's events up to a position. */
    fulfilled(position: Position): Promise<unknown>;
  }>;

/** Opens the order of each occurrence that is raised, with everything of the template that is still there and in stock. */
export const occurrenceReaction = (world: OpeningWorld): Reaction =>
  reaction<PmSchedule, PmScheduleEvent>({
    name: occurrenceReactionName,
    on: pmSchedule,
    // What was raised before a restart, or before the log was copied here, still wants its order.
    startsAt: 'beginning',
    to: { PmOccurrenceRaised: (event, then) => openOrder(event, then, world) },
  });

async function openOrder(event: RecordedEvent<PmOccurrenceRaised>, then: Consequences<PmSchedule>, world: OpeningWorld): Promise<void> {
  const { workOrderId } = event.data;
  const schedule = await then.before();
  const { fields, procedures, missing } = await usableIn(schedule, event, world);
  const wanted = {
    workOrderId,
    pmScheduleId: schedule.pmScheduleId ?? 0,
    fields,
    dueDate: event.data.dueDate,
    templates: await copiesOf(procedures, world),
  };
  const { fitting, leftOut: tooLarge } = withWhatFits(wanted, event);
  const { partAssignments } = schedule.template;
  const opening = (order: WorkOrder): WorkOrderEvent[] => openedWithParts(order, fitting, partAssignments);
  await then.execute(workOrder, workOrderId, opening, { command: 'open', refused: again });
  const partsMissing = partAssignments.length > 0 ? await partsLeftOut(workOrderId, partAssignments, world) : [];
  const leftOut = [...tooLarge, ...missing, ...partsMissing];
  const record = { kind: 'work_order', id: workOrderId } as const;
  // Of a template with hundreds of parts one comment may not hold all that is missing: then others go on with it.
  for (const [place, text] of textsNaming('Opened without', leftOut).entries())
    await commentBecauseOf(then, { record, text, ...(place > 0 && { command: `comment ${place + 1}` }) });
}

/** Once the parts have said what they give, what of the template the order does not have. */
async function partsLeftOut(workOrderId: number, parts: readonly TemplatePart[], { events, fulfilled }: OpeningWorld): Promise<string[]> {
  await fulfilled((await events.load(workOrder, workOrderId)).position);
  const { state: order } = await events.load(workOrder, workOrderId);
  return parts.filter(({ partId }) => !order.parts.has(partId)).map((part) => toldOf(part, order));
}

/** The order with a request for each part; a part that it has no room for is left out. */
function openedWithParts(order: WorkOrder, beginning: Beginning, parts: readonly TemplatePart[]): WorkOrderEvent[] {
  const events = openedWith(order, beginning);
  let state = events.reduce(workOrder.evolve, order);
  for (const part of parts) {
    const requested = requestIfRoom(state, part);
    state = requested.reduce(workOrder.evolve, state);
    events.push(...requested);
  }
  return events;
}

function requestIfRoom(order: WorkOrder, part: TemplatePart): WorkOrderEvent[] {
  try {
    return requestPart(order, part);
  } catch (error) {
    if (error instanceof Rejection) return [];
    throw error;
  }
}

function toldOf({ partId, quantity }: TemplatePart, { refusedRequests }: WorkOrder): string {
  const refusal = [...refusedRequests.values()].find((request) => request.partId === partId);
  return `part ${partId}, of which ${quantity} were wanted${refusal ? ` (${refusal.message.replace(/\.$/, '')})` : ''}`;
}

/** `asset 9, which is archived` */
const goneOf = (what: string, { code, message }: Pick<Detail, 'code' | 'message'>): string =>
  code === 'not_found' ? `${what}, which is not there` : message.replace(`${what} is`, `${what}, which is`);

type Usable = Readonly<{ fields: Beginning['fields']; procedures: readonly number[]; missing: readonly string[] }>;

/** The fields of the template without what is gone, archived or no longer assignable, and what that was. */
async function usableIn({ template, details }: PmSchedule, { metadata }: RecordedEvent, world: OpeningWorld): Promise<Usable> {
  const missing: string[] = [];
  const place = { customerId: metadata.customer_id, entityId: metadata.entity_id };
  const ofProcedures = pmScheduleFields.input.filter(({ name }) => name === 'procedure_template_ids');
  const said: Readonly<Record<string, unknown>> = { ...template, procedureTemplateIds: details['procedureTemplateIds'] ?? [] };
  const usable: Record<string, unknown> = {};
  for (const { name, stored, target, demands } of [...templateFields, ...ofProcedures]) {
    const field = camelCase(stored?.name ?? name);
    const value = said[field];
    if (value === undefined) continue;
    if (target === undefined || value === null) {
      usable[field] = value;
      continue;
    }
    const kept: number[] = [];
    for (const id of [value].flat() as number[]) {
      const problem = await referenceProblem({ kind: target, id, demands }, place, world);
      if (problem) missing.push(goneOf(`${spoken(target)} ${id}`, problem));
      else kept.push(id);
    }
    usable[field] = Array.isArray(value) ? kept : (kept[0] ?? null);
  }
  const { procedureTemplateIds: procedures, ...fields } = usable;
  return { fields, procedures: procedures as readonly number[], missing };
}

/** Its id was drawn for this order alone, so that a refusal is a fault: the event is handled again. */
function again(refusal: Rejection): never {
  throw refusal;
}

import {
  canonicalText,
  largestEventBytes,
  Rejection,
  streamName,
  type EventMetadata,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import { spoken } from '#millwright/fields';
import { completeDetails } from '#millwright/resources';
import {
  openWorkOrder,
  workOrder,
  workOrderFields,
  type ProcedureAdded,
  type WorkOrder,
  type WorkOrderEvent,
} from '#millwright/work-orders';
import type { PmSchedule } from './domain/pm-schedule.state.js';

/** What an order of a schedule begins with. */
export type Beginning = Readonly<{
  workOrderId: number;
  pmScheduleId: number;
  /** Of the template, under their names in events; what is left out is as it is where nobody says anything. */
  fields: Readonly<Record<string, unknown>>;
  /** RFC 3339 in UTC. */
  dueDate: string;
  templates: readonly ProcedureAdded['data'][];
}>;

/** An order as its schedule opens it. @throws Rejection as openWorkOrder */
export function openedWith(order: WorkOrder, { fields, dueDate, ...wanted }: Beginning): WorkOrderEvent[] {
  const details = { ...completeDetails(workOrderFields, { externalReference: null, ...fields }), dueDate, type: 'preventive' };
  return openWorkOrder(order, { ...wanted, details, now: new Date(0).toISOString() });
}

const anyUuid = '00000000-0000-0000-0000-000000000000';

/** What raises an occurrence may have been asked for by the longest id that a request can have. */
const longestMetadata: EventMetadata = {
  $causationId: anyUuid,
  $correlationId: 'r'.repeat(128),
  actor: { kind: 'process_manager', id: 'pm-occurrences' },
  append: { index: 9_999, size: 9_999 },
  customer_id: Number.MAX_SAFE_INTEGER,
  effective_at: '9999-12-31',
  entity_id: Number.MAX_SAFE_INTEGER,
  recorded_at: '9999-12-31T23:59:59.999Z',
  request_id: 'r'.repeat(128),
  schema_version: 1,
};

function fits({ type, data }: WorkOrderEvent, workOrderId: number, metadata: EventMetadata): boolean {
  const stored = { id: anyUuid, stream: streamName(workOrder.category, workOrderId), revision: 9_999 };
  return Buffer.byteLength(canonicalText({ ...stored, type, data, metadata })) <= largestEventBytes;
}

const opens = (beginning: Beginning, metadata: EventMetadata): boolean =>
  openedWith(workOrder.initialState, { ...beginning, templates: [] }).every((event) => fits(event, beginning.workOrderId, metadata));

/**
 * Judges a template as an order has it: with what raising adds. Its procedures are entries of their own, however they grow.
 * @throws Rejection EVENT_TOO_LARGE no order could be opened with all that the template says
 */
export function refuseWhatNoOrderHolds({ pmScheduleId, template: { partAssignments: _, ...fields } }: PmSchedule): void {
  const largest = { workOrderId: Number.MAX_SAFE_INTEGER, dueDate: longestMetadata.recorded_at, templates: [] };
  if (opens({ ...largest, pmScheduleId: pmScheduleId ?? 0, fields }, longestMetadata)) return;
  const field = 'pm_schedule.template_work_order';
  const message = `says more than a work order can begin with: that is one entry of the history, which takes ${largestEventBytes} bytes at most; say it in fewer words, or in procedure templates`;
  throw new Rejection('EVENT_TOO_LARGE', `${field} ${message}`, [{ field, code: 'too_long', message }]);
}

/**
 * For occurrences whose template says more than an order can begin with, as earlier releases took it: they get their order with what there is room for, and
 * are told what it is opened without.
 */
export function withWhatFits(beginning: Beginning, cause: RecordedEvent): Readonly<{ fitting: Beginning; leftOut: readonly string[] }> {
  const { credential: _, ...ofCause } = cause.metadata;
  const metadata = { ...ofCause, actor: longestMetadata.actor, $causationId: anyUuid, append: longestMetadata.append };
  const leftOut: string[] = [];
  const templates = beginning.templates.filter((data) => {
    const hasRoom = fits({ type: 'ProcedureAdded', data }, beginning.workOrderId, metadata);
    if (!hasRoom) leftOut.push(noRoomFor(`procedure template ${data.procedureTemplateId}`));
    return hasRoom;
  });
  let fitting = { ...beginning, templates };
  for (const name of dispensableIn(beginning.fields)) {
    if (opens(fitting, metadata)) break;
    const { [name]: _gone, ...fields } = fitting.fields;
    fitting = { ...fitting, fields };
    leftOut.push(noRoomFor(`the ${spoken(name).replace(/ ids$/, '')}`));
  }
  return { fitting, leftOut };
}

const noRoomFor = (what: string): string => `${what}, for which there was no room`;

/** What an order can do without, in the order in which it does; without all of it, any order has room for the rest. */
const dispensableIn = (fields: Beginning['fields']): string[] =>
  [...new Set(['checklist', 'description', ...Object.keys(fields).filter((name) => Array.isArray(fields[name]))])].filter((name) => {
    const value = fields[name];
    return Array.isArray(value) ? value.length > 0 : value != null;
  });

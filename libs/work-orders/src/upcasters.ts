import type { RecordedEvent, Upcaster } from '#millwright/event-sourcing';
import type { WorkOrderCompletionRefusedV1 } from './domain/work-order.earlier-events.js';
import type { WorkOrderCompletionRefused } from './domain/work-order.events.js';

const withCount: Upcaster = {
  type: 'WorkOrderCompletionRefused',
  schemaVersion: 1,
  upcast(event) {
    const { data } = event as RecordedEvent<WorkOrderCompletionRefusedV1>;
    const counted: WorkOrderCompletionRefused['data'] = { ...data, count: data.parts.length };
    return { ...event, data: counted, metadata: { ...event.metadata, schema_version: 2 } };
  },
};

/** How earlier versions of a work order's events are read today. */
export const workOrderUpcasters: readonly Upcaster[] = [withCount];

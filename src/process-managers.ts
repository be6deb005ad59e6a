import type { EventStore, ProcessManager } from '#millwright/event-sourcing';
import { fulfilmentProcess } from '#millwright/work-orders';

/** Everything that turns events into commands. */
export const processManagers = (events: EventStore): readonly ProcessManager[] => [fulfilmentProcess(events)];

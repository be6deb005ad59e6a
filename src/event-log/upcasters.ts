import type { Upcaster } from '#millwright/event-sourcing';
import { workOrderUpcasters } from '#millwright/work-orders';

/**
 * How events of earlier versions are read today. A published event is never edited: a new version stands beside it,
 * and the step from the old one to the new one stands in its room.
 */
export const upcasters: readonly Upcaster[] = [...workOrderUpcasters];

import type { Upcaster } from '#millwright/event-sourcing';

/**
 * How events of earlier versions are read today. A published event is never edited: a new version stands beside it,
 * and the step from the old one to the new one stands here. So far every event is in its first version.
 */
export const upcasters: readonly Upcaster[] = [];

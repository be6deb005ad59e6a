import type { Projection } from '#millwright/event-sourcing';

/** Every read model of the application. Names and tables are unique among them; the engine refuses to start otherwise. */
export const projections: readonly Projection[] = [];

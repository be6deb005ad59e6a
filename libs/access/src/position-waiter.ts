import type { Position } from '#millwright/event-sourcing';

/** Lets a read wait until the read models have seen a write (`X-Min-Position`). Implemented with the projection engine. */
export abstract class PositionWaiter {
  /** True once every projection that serves reads has passed `position`; false when that takes longer than `withinMs`. */
  abstract waitFor(position: Position, withinMs: number): Promise<boolean>;
}

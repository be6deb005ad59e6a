import { PositionWaiter } from '#millwright/access';
import { PositionNotReached, type Position, type ProjectionEngine } from '#millwright/event-sourcing';

/** `X-Min-Position`, answered by the projection engine. */
export class ProjectedPositions extends PositionWaiter {
  constructor(private readonly projections: ProjectionEngine) {
    super();
  }

  async waitFor(position: Position, withinMs: number): Promise<boolean> {
    try {
      await this.projections.waitFor(position, { timeout: withinMs });
      return true;
    } catch (error) {
      if (error instanceof PositionNotReached) return false;
      throw error;
    }
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Rejection, runForEverybody } from '#millwright/event-sourcing';
import { EntityDirectory } from './entity-directory.js';
import type { RequestScope } from './request-scope.js';

/** How long another process may take to notice that a site was archived, in milliseconds; so long its archiving waits before it is answered. */
const noticedWithinMs = 500;

/**
 * Keeps writes from archived sites, from the moment the archiving is answered. What this process appends to a site's stream it knows at once;
 * for what others append it reads the stream's tail every half second, and whoever archives a site answers only when all must have done so.
 */
@Injectable()
export class ArchivedSites {
  /** When the last reading of a site began, by the monotonic clock. */
  private readonly readAt = new Map<number, number>();
  private readonly reading = new Map<number, Promise<void>>();

  constructor(private readonly directory: EntityDirectory) {}

  /**
   * What the commands of a request are asked right before each is decided. It throws CONFLICT: what belongs to an archived site stays as it is,
   * until the site is brought back.
   * @throws Rejection UNAVAILABLE
   */
  async admission({ entity, principal }: RequestScope): Promise<(() => void) | undefined> {
    if (!entity) return undefined;
    if (performance.now() - (this.readAt.get(entity.id) ?? -Infinity) > noticedWithinMs) await this.read(principal.customerId, entity.id);
    return () => {
      if (this.directory.isArchived(entity.id))
        throw new Rejection('CONFLICT', `The entity "${entity.name}" is archived; bring it back first.`);
    };
  }

  /** Resolves when every process refuses writes at a site that was just archived. */
  async noticedEverywhere(): Promise<void> {
    await pause(noticedWithinMs);
  }

  private read(customerId: number, entityId: number): Promise<void> {
    const underWay = this.reading.get(entityId);
    if (underWay) return underWay;
    const began = performance.now();
    const reading = runForEverybody(() => this.directory.find(customerId, entityId))
      .then(() => void this.readAt.set(entityId, began))
      .finally(() => this.reading.delete(entityId));
    this.reading.set(entityId, reading);
    return reading;
  }
}

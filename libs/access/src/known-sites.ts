import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Rejection, runForEverybody, SharedReading, whenKnown, type Admission } from '#millwright/event-sourcing';
import { EntityDirectory, type FoundEntity } from './entity-directory.js';
import type { EntityScope, RequestScope } from './request-scope.js';

/** How long another process may take to notice what became of a site, in milliseconds; so long what must be noticed waits before it is answered. */
const noticedWithinMs = 500;
/** Sites whose last reading is remembered. */
const mostSites = 10_000;

/** What was read of a site; `found` as soon as there is something. */
type Reading = { readonly answer: Promise<FoundEntity | null>; found?: FoundEntity };

/**
 * What a request may believe of its site: currency, time zone, and that an archived one takes no writes. What this process appends to a site's
 * stream it knows at once; for what others append it reads the stream's tail every half second, and whoever archives a site, or gives it
 * another currency or time zone, answers only when all must have done so.
 */
@Injectable()
export class KnownSites {
  /** An age counts from when a reading began: what was appended meanwhile may be missing in it. */
  private readonly readings = new LRUCache<string, Reading>({ max: mostSites, ttl: noticedWithinMs, ttlResolution: 0 });
  private readonly lookedFor = new LRUCache<string, SharedReading<unknown>>({ max: mostSites });

  constructor(private readonly directory: EntityDirectory) {}

  /**
   * A site, read from the log within the last half second, and as this process has left it since; null when there is none or it belongs to another customer.
   * @throws Rejection UNAVAILABLE
   */
  find(customerId: number, entityId: number): FoundEntity | null | Promise<FoundEntity | null> {
    const { found, answer } = this.reading(customerId, entityId);
    // One that is being read may have changed since that began.
    const since = (read: FoundEntity | null): FoundEntity | null => this.directory.known(customerId, entityId) ?? read;
    return found ? since(found) : answer.then(since);
  }

  private reading(customerId: number, entityId: number): Reading {
    const key = `${customerId}/${entityId}`;
    const known = this.readings.get(key);
    if (known) return known;
    const reading: Reading = { answer: runForEverybody(() => this.directory.find(customerId, entityId)) };
    this.readings.set(key, reading);
    const forget = (): void => {
      if (this.readings.peek(key) === reading) this.readings.delete(key);
    };
    // Whoever creates a site or brings one back goes on with it at once.
    reading.answer.then((found) => {
      if (!found || found.archived) forget();
      else reading.found = found;
    }, forget);
    return reading;
  }

  /**
   * Reads the log, so that whatever was appended to a site's stream before this was called, by whichever process, is known from then on.
   * @throws Rejection UNAVAILABLE
   */
  async lookAnew(customerId: number, entityId: number): Promise<void> {
    const key = `${customerId}/${entityId}`;
    const looked = this.lookedFor.get(key) ?? new SharedReading(() => runForEverybody(() => this.directory.find(customerId, entityId)));
    this.lookedFor.set(key, looked);
    await looked.anew();
  }

  /** A site that was found, as it is now by all that this process knows. */
  now(customerId: number, { entity }: FoundEntity): EntityScope {
    return this.directory.known(customerId, entity.id)?.entity ?? entity;
  }

  /**
   * What the commands of a request are asked right before each is decided. It throws CONFLICT: what belongs to an archived site stays as it is,
   * until the site is brought back. A command that has waited longer than others may take to notice is asked anew.
   * @throws Rejection UNAVAILABLE
   */
  admission({ entity, principal: { customerId } }: RequestScope): Admission | undefined | Promise<Admission | undefined> {
    if (!entity) return undefined;
    return whenKnown(this.find(customerId, entity.id), (first) => {
      let found = first;
      return {
        check: () => {
          const { archived } = this.directory.known(customerId, entity.id) ?? found ?? { archived: false };
          if (archived) throw new Rejection('CONFLICT', `The entity "${entity.name}" is archived; bring it back first.`);
        },
        // A reading that somebody else has begun since, be it another command of this request, may still be under way.
        renewed: () => {
          const latest = this.reading(customerId, entity.id);
          if (latest.found) return void (found = latest.found);
          return latest.answer.then((again) => {
            found = again;
          });
        },
      };
    });
  }

  /** Resolves when every process knows what was just appended to a site's stream. */
  async noticedEverywhere(): Promise<void> {
    await pause(noticedWithinMs);
  }
}

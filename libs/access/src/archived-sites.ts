import { Injectable } from '@nestjs/common';
import { Rejection } from '#millwright/event-sourcing';
import { EntityDirectory } from './entity-directory.js';
import { Gatherer } from './gatherer.js';
import type { RequestScope } from './request-scope.js';

type Site = Readonly<{ customerId: number; entityId: number }>;

/** Keeps writes from archived sites: judged by the site's own events as they are when the write comes, not by what was known of it before. */
@Injectable()
export class ArchivedSites {
  /** Writes that come while a site is being read wait for the next reading, and share it. */
  private readonly readings: Gatherer<Site, boolean>;

  constructor(directory: EntityDirectory) {
    this.readings = new Gatherer(async (sites) => {
      const found = new Map<string, Promise<boolean>>();
      const read = async ({ customerId, entityId }: Site): Promise<boolean> =>
        (await directory.find(customerId, entityId))?.archived ?? false;
      return Promise.all(
        sites.map((site) => {
          const name = `${site.customerId}/${site.entityId}`;
          const reading = found.get(name) ?? read(site);
          found.set(name, reading);
          return reading;
        }),
      );
    });
  }

  /** @throws Rejection CONFLICT what belongs to an archived site stays as it is, until the site is brought back; UNAVAILABLE */
  async refuse({ entity, principal }: RequestScope): Promise<void> {
    if (entity && (await this.readings.add({ customerId: principal.customerId, entityId: entity.id })))
      throw new Rejection('CONFLICT', `The entity "${entity.name}" is archived; bring it back first.`);
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ArchivedSites, currentScope, PositionWaiter } from '#millwright/access';
import { EventStore, Rejection } from '#millwright/event-sourcing';
import { RecordWriter } from '#millwright/resources';
import { entities } from './entities.js';

const longestWaitMs = 2_000;

/** Keeps a customer from archiving their last site: an archived one takes no writes, and there would be none left to work at. */
@Injectable()
export class LastEntity implements OnModuleInit {
  constructor(
    private readonly records: RecordWriter,
    private readonly events: EventStore,
    private readonly positions: PositionWaiter,
    private readonly database: DataSource,
    private readonly archivedSites: ArchivedSites,
  ) {}

  onModuleInit(): void {
    this.records.guardArchive(entities, async (id) => {
      if (!(await this.hasAnother(id)))
        throw new Rejection('CONFLICT', 'The last entity cannot be archived; create or bring back another first.');
      return () => this.archivedSites.noticedEverywhere();
    });
  }

  /** A site that was created or archived a moment ago counts, too. */
  private async hasAnother(id: number): Promise<boolean> {
    if (!(await this.positions.waitFor(await this.events.head(), longestWaitMs)))
      throw new Rejection('UNAVAILABLE', 'The other entities cannot be read right now. Please try again.');
    const others = await this.database.query<unknown[]>(
      'SELECT 1 FROM read.entities WHERE customer_id = $1 AND id <> $2 AND NOT archived LIMIT 1',
      [currentScope().principal.customerId, id],
    );
    return others.length > 0;
  }
}

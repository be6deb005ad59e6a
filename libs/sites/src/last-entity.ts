import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KnownSites, currentScope } from '#millwright/access';
import { Rejection } from '#millwright/event-sourcing';
import { PlainWriter, Questions } from '#millwright/resources';
import { entities } from './entities.js';

/** Keeps a customer from archiving their last site: an archived one takes no writes, and there would be none left to work at. */
@Injectable()
export class LastEntity implements OnModuleInit {
  constructor(
    private readonly records: PlainWriter,
    private readonly questions: Questions,
    private readonly database: DataSource,
    private readonly knownSites: KnownSites,
  ) {}

  onModuleInit(): void {
    this.records.guardArchive(entities, async (id) => {
      if (!(await this.hasAnother(id)))
        throw new Rejection('CONFLICT', 'The last entity cannot be archived; create or bring back another first.');
      return () => this.knownSites.noticedEverywhere();
    });
  }

  /** A site that was created or archived a moment ago counts, too. */
  private async hasAnother(id: number): Promise<boolean> {
    await this.questions.everythingIsShown('The other entities cannot be read right now. Please try again.');
    const others = await this.database.query<unknown[]>(
      'SELECT 1 FROM read.entities WHERE customer_id = $1 AND id <> $2 AND NOT archived LIMIT 1',
      [currentScope().principal.customerId, id],
    );
    return others.length > 0;
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { KnownSites } from '#millwright/access';
import { PlainWriter, Questions, type Question } from '#millwright/resources';
import { currencyInUse, entities } from './entities.js';

/** Whether amounts of a site exist. Every room that keeps amounts (parts, costs) answers it. */
export const isCurrencyUsed: Question<number> = { told: 'What is in use at this entity cannot be read right now. Please try again.' };

/**
 * Keeps a site's currency once amounts exist: another would give every stored amount another meaning. Until then currency and time zone may
 * change, and the change is answered when no process goes on with the old ones: what is recorded with them stays so for ever.
 */
@Injectable()
export class CurrencyUse implements OnModuleInit {
  constructor(
    private readonly records: PlainWriter,
    private readonly questions: Questions,
    private readonly knownSites: KnownSites,
  ) {}

  onModuleInit(): void {
    this.records.guardChanges(entities, async (id, _state, { currency, timezone }) => {
      if (currency !== undefined && (await this.questions.ask(isCurrencyUsed, id))) throw currencyInUse();
      return currency === undefined && timezone === undefined ? undefined : () => this.knownSites.noticedEverywhere();
    });
  }
}

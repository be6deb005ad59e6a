import { Injectable } from '@nestjs/common';
import { EntityDirectory, type FoundEntity, type RequestScope } from '#millwright/access';
import { EventStore } from '#millwright/event-sourcing';
import { currencySymbol, printedTimeZone } from './currency-and-time-zone.js';
import { customers } from './customers.js';
import { entities } from './entities.js';

/** Answers the edge from the log, so that a site can be used the moment it was created. */
@Injectable()
export class SiteDirectory extends EntityDirectory {
  constructor(private readonly events: EventStore) {
    super();
  }

  async find(customerId: number, entityId: number): Promise<FoundEntity | null> {
    const { state } = await this.events.load(entities.stream, entityId);
    if (!state.registered || state.history?.customerId !== customerId) return null;
    const { name, currency, datetime_format, timezone } = state.values;
    const entity = {
      id: entityId,
      name: String(name),
      currency: String(currency),
      currency_symbol: currencySymbol(String(currency)),
      datetime_format: typeof datetime_format === 'string' ? datetime_format : null,
      timezone: printedTimeZone(String(timezone)),
    };
    return { entity, archived: state.archived };
  }

  isArchived(entityId: number): boolean {
    return this.events.recent(entities.stream, entityId)?.archived ?? false;
  }

  async customer(customerId: number): Promise<RequestScope['customer']> {
    const { state } = await this.events.load(customers.stream, customerId);
    const { name } = state.values;
    return { id: customerId, name: typeof name === 'string' ? name : '' };
  }
}

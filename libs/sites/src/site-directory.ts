import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EntityDirectory, type FoundEntity, type RequestScope } from '#millwright/access';
import { EventStore } from '#millwright/event-sourcing';
import type { RecordState } from '#millwright/resources';
import { currencySymbol, printedTimeZone } from './currency-and-time-zone.js';
import { customers } from './customers.js';
import { entities } from './entities.js';

/** Answers the edge from the log, so that a site can be used the moment it was created. */
@Injectable()
export class SiteDirectory extends EntityDirectory {
  private readonly shown = new WeakMap<RecordState, Readonly<{ minute: number; found: FoundEntity }>>();

  constructor(
    private readonly events: EventStore,
    private readonly database: DataSource,
  ) {
    super();
  }

  async find(customerId: number, entityId: number): Promise<FoundEntity | null> {
    const { state } = await this.events.load(entities.stream, entityId);
    return this.foundIn(state, customerId, entityId) ?? null;
  }

  known(customerId: number, entityId: number): FoundEntity | undefined {
    const state = this.events.recent(entities.stream, entityId);
    return state && this.foundIn(state, customerId, entityId);
  }

  private foundIn(state: RecordState, customerId: number, entityId: number): FoundEntity | undefined {
    if (!state.registered || state.history?.customerId !== customerId) return undefined;
    // Offsets change at whole minutes only, and every request asks.
    const minute = Math.floor(Date.now() / 60_000);
    const last = this.shown.get(state);
    if (last?.minute === minute) return last.found;
    const { name, currency, datetime_format, timezone, technicians_see } = state.values;
    const entity = {
      id: entityId,
      name: String(name),
      currency: String(currency),
      currency_symbol: currencySymbol(String(currency)),
      datetime_format: typeof datetime_format === 'string' ? datetime_format : null,
      timezone: printedTimeZone(String(timezone)),
    };
    const found = { entity, archived: state.archived, techniciansSeeAll: technicians_see === 'all' };
    this.shown.set(state, { minute, found });
    return found;
  }

  async idsOf(customerId: number): Promise<readonly number[]> {
    const rows = await this.database.query<{ id: string }[]>(
      'SELECT id FROM read.entities WHERE customer_id = $1 AND NOT archived ORDER BY id',
      [customerId],
    );
    return rows.map(({ id }) => Number(id));
  }

  async customer(customerId: number): Promise<RequestScope['customer']> {
    const { state } = await this.events.load(customers.stream, customerId);
    const { name } = state.values;
    return { id: customerId, name: typeof name === 'string' ? name : '' };
  }
}

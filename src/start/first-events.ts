import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ProjectionEngine, Rejection, type CommandContext, type Position } from '#millwright/event-sourcing';
import { measurementUnits, storerooms } from '#millwright/inventory';
import { users } from '#millwright/people';
import { BuiltInRecords, type BuiltInRecord } from '#millwright/resources';
import { customers, entities } from '#millwright/sites';
import { workOrderStatuses } from '#millwright/work-orders';
import { CannotStart } from './cannot-start.js';

const customerId = 1;
const entityId = 1;
const patienceMs = 30_000;
const longestWaitMs = 3_000;
const pauseMs = 250;

const statuses = [
  ['open', 'open'],
  ['in progress', 'open'],
  ['on hold', 'open'],
  ['cancelled', 'cancelled'],
  ['completed', 'completed'],
] as const;

/** What every installation begins with: a customer with one site, somebody who acts, and the words that orders and parts need. */
const builtIn: readonly BuiltInRecord[] = [
  { definition: customers, id: customerId, values: { name: 'Millwright' } },
  {
    definition: entities,
    id: entityId,
    values: { name: 'Main Facility', currency: 'USD', timezone: 'Etc/UTC', datetime_format: 'MM/DD/YYYY - 11:59 PM' },
  },
  { definition: users, id: 1, values: { name: 'Millwright', language: 'en', can_be_assigned_to_wo: false } },
  ...statuses.map(([name, kind], index) => ({ definition: workOrderStatuses, id: index + 1, values: { name, kind, is_custom: false } })),
  { definition: measurementUnits, id: 1, values: { name: 'Item', short_name: 'itm' } },
  { definition: storerooms, id: 1, values: { name: 'Main Warehouse' } },
];

/** The first events of an installation, under fixed event ids: two processes may start at once, and every later start finds them. */
@Injectable()
export class FirstEvents {
  constructor(
    private readonly records: BuiltInRecords,
    private readonly projections: ProjectionEngine,
  ) {}

  /**
   * Whoever connects after a first start finds its site in every list. A log that does not answer is waited for.
   * @throws CannotStart when it has not answered for 30 s
   */
  async record(): Promise<void> {
    for (const record of builtIn) {
      const position = await this.recorded(record, Date.now() + patienceMs);
      if (position > 0n) await this.projections.reaches(position, longestWaitMs);
    }
  }

  private async recorded(record: BuiltInRecord, until: number): Promise<Position> {
    for (;;) {
      try {
        return await this.records.record(record, context());
      } catch (failure) {
        if (!(failure instanceof Rejection) || failure.code !== 'UNAVAILABLE') throw failure;
        if (Date.now() >= until)
          throw new CannotStart(`The event log has not answered for ${patienceMs / 1_000} s. Start again when it does.`, {
            cause: failure,
          });
        await pause(pauseMs);
      }
    }
  }
}

/** All of it happens at the first site, also what belongs to the whole customer: every event is to be found in some site's audit trail. */
const context = (): CommandContext => ({
  actor: { kind: 'system', id: 'first-start' },
  customerId,
  entityId,
  requestId: 'first-start',
  correlationId: 'first-start',
  causationId: 'first-start',
  deadline: Date.now() + patienceMs,
});

import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { EventStore } from '#millwright/event-sourcing';
import { referenceTarget } from '#millwright/resources';
import type { Status } from './domain/work-order.state.js';
import type { StatusKind } from './domain/work-order.events.js';

/** What a status means, from the log: a status that was just made can be used at once. */
@Injectable()
export class WorkOrderStatuses {
  constructor(
    private readonly events: EventStore,
    private readonly pool: Pool,
  ) {}

  /** The status, or undefined for no id and for one that does not exist (the reference checks refuse that). */
  async find(statusId: number | null | undefined): Promise<Status | undefined> {
    if (statusId == null) return undefined;
    const row = await referenceTarget('work_order_status').find(statusId, { events: this.events, pool: this.pool });
    return row && { statusId, kind: row['kind'] as StatusKind };
  }
}

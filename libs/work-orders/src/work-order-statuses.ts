import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { EventStore } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { referenceTarget } from '#millwright/resources';
import type { Status } from './domain/work-order.state.js';
import type { StatusKind } from './domain/work-order.events.js';

/** What a status means, from the log: a status that was just made can be used at once. */
@Injectable()
export class WorkOrderStatuses {
  constructor(
    private readonly events: EventStore,
    private readonly entities: EntityManager,
  ) {}

  /** The status, or undefined for no id and for one that does not exist (the reference checks refuse that). */
  async find(statusId: number | null | undefined): Promise<Status | undefined> {
    if (statusId == null) return undefined;
    const row = await referenceTarget('work_order_status').find(statusId, { events: this.events, entities: this.entities });
    return row && { statusId, kind: row['kind'] as StatusKind };
  }

  /** The same for a status that has to be of one kind. @throws Rejection VALIDATION_FAILED (not_found, wrong_kind) */
  async require(kind: StatusKind, statusId: number | null | undefined): Promise<Status | undefined> {
    const status = await this.find(statusId);
    if (statusId == null || status?.kind === kind) return status;
    if (!status) throw invalid([{ field: 'status_id', code: 'not_found', message: 'there is no such work order status' }]);
    throw invalid([{ field: 'status_id', code: 'wrong_kind', message: `must be a status of kind ${kind}, not ${status.kind}` }]);
  }
}

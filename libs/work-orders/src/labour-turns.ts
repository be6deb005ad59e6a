import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { Turns } from '#millwright/access';

/**
 * Has who takes what an order is charged for a person near its limit wait for whoever else does, in this process or another. A timer is decided on the
 * stream of its person and an entry by hand on that of the order, so that neither append would find out about the other.
 */
@Injectable()
export class LabourTurns {
  private readonly turns: Turns;

  constructor(pool: Pool) {
    this.turns = new Turns(pool);
  }

  /** @throws as `Turns.take` */
  take<T>(workOrderId: number, technicianId: number, work: () => Promise<T>): Promise<T> {
    return this.turns.take(`labour of user ${technicianId} on work order ${workOrderId}`, work);
  }
}

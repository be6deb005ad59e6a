import type { Pool } from 'pg';
import { Turns } from '#millwright/access';

/** Has who archives, brings back or erases one person wait for whoever else does, in this process or another. */
export class UserTurns {
  private readonly turns: Turns;

  constructor(pool: Pick<Pool, 'connect'>) {
    this.turns = new Turns(pool);
  }

  /** @throws as `Turns.take` */
  take<T>(userId: number, work: () => Promise<T>): Promise<T> {
    return this.turns.take(`who user ${userId} is`, work);
  }
}

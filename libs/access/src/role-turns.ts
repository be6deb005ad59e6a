import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { EventStore, Rejection } from '#millwright/event-sourcing';
import { access, accessId } from './domain/access.js';
import { builtInRoles } from './domain/scopes.js';
import { Turns } from './turns.js';

/**
 * Has who gives a role to what is no person (a service account, whoever comes by single sign-on) and who removes that role wait for each other: it is
 * given in other streams than it is removed in, and what is given stands when the removal asks for it, or finds the role gone.
 */
@Injectable()
export class RoleTurns {
  private readonly turns: Turns;

  constructor(
    private readonly events: EventStore,
    pool: Pool,
  ) {
    this.turns = new Turns(pool);
  }

  /**
   * Does what gives a role, which is there until that is done.
   * @param roleId null or undefined: none is given
   * @param field where the request says which
   * @throws Rejection VALIDATION_FAILED not_found the role has gone meanwhile, and what `work` throws
   */
  giving<T>(roleId: number | null | undefined, field: string, work: () => Promise<T>): Promise<T> {
    if (roleId == null || builtInRoles.some(({ id }) => id === roleId)) return work();
    return this.removing(roleId, async () => {
      const { state } = await this.events.load(access, accessId);
      if (state.ownRoles.has(roleId)) return work();
      const message = 'there is no such role';
      throw new Rejection('VALIDATION_FAILED', message, [{ field, code: 'not_found', message }]);
    });
  }

  /** Does what removes a role, while nobody gives it. @throws what `work` throws */
  removing<T>(roleId: number, work: () => Promise<T>): Promise<T> {
    return this.turns.take(`who has role ${roleId}`, work);
  }
}

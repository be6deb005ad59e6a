import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { v4 as randomUuid } from 'uuid';
import { builtInUserId, KnownAccess, lacking, requireChargeOf } from '#millwright/access';
import { appendedNothing, EventStore, KeptTexts, Rejection } from '#millwright/event-sourcing';
import { PlainWriter, requireHere, type Written } from '#millwright/resources';
import { PersonalTraces } from './personal-traces.js';
import { UserSuspensions } from './user-suspensions.js';
import { isNamedIn, saysHowToReach } from './domain/said-of-person.js';
import type { EraseUser } from './user.commands.js';
import { erasedPerson } from './user-traces.js';
import { users } from './users.js';

/** Has people be forgotten. */
@Injectable()
export class UserEraser {
  private readonly texts: KeptTexts;

  constructor(
    private readonly events: EventStore,
    private readonly access: KnownAccess,
    private readonly suspensions: UserSuspensions,
    private readonly records: PlainWriter,
    private readonly traces: PersonalTraces,
    entities: EntityManager,
  ) {
    this.texts = new KeptTexts(entities);
  }

  /**
   * Has a person's data be gone for good; whatever he came in with ends within a second, everywhere.
   * @throws Rejection NOT_FOUND, CONFLICT (the built-in user), ALREADY_ERASED, INSUFFICIENT_PERMISSIONS (S2), VALIDATION_FAILED (names_person),
   * LAST_ADMINISTRATOR, PRECONDITION_FAILED
   */
  async erase({ user_id: id, reason }: EraseUser): Promise<Written> {
    if (id === builtInUserId) throw new Rejection('CONFLICT', 'The built-in user stands for the administrator and cannot be erased.');
    const written = await this.suspensions.inTurn(id, async () => {
      const { state, revision } = await this.events.load(users.stream, id);
      requireHere(state.history, 'customer');
      await this.access.consider((known, by, world) => requireChargeOf(known, by, id, world));
      if (!state.erased) await this.requireUnnamed(id, reason);
      // What would be refused is refused before anything stops holding.
      if (state.erased && !this.suspensions.hasSuspended()) return this.decide(id, reason);
      return this.suspensions.suspending(id, revision, () => this.decide(id, reason));
    });
    // A process that ends here leaves it to `userErasure`, and so does whoever waits no longer.
    await this.traces.eraseSoon(id);
    return written;
  }

  /**
   * The reason is kept when all else that names him is gone. Who may not see how somebody is reached is not told either whether he has guessed it: he says
   * nothing of that kind at all, whoever it may be of.
   * @throws Rejection VALIDATION_FAILED names_person
   */
  private async requireUnnamed(id: number, reason: string): Promise<void> {
    const isNamed = lacking()?.('people:read')
      ? saysHowToReach(reason) || isNamedIn({ id, texts: [await this.traces.shownName(id)], emails: [] }, reason)
      : isNamedIn(await this.traces.known(id), reason);
    if (!isNamed) return;
    const message = 'must not hold an address, a number or the name of the person, with initials or without: it stays as it is typed';
    throw new Rejection('VALIDATION_FAILED', `reason ${message}`, [{ field: 'reason', code: 'names_person', message }]);
  }

  /** The reason may speak of the person, so that no event holds it. */
  private async decide(id: number, reason: string): Promise<Written> {
    const kept = await this.texts.keep({ id: randomUuid(), recordId: id, content: reason });
    try {
      const written = await this.records.erase(users, id, erasedPerson(id), { reasonId: kept.id, reasonSha256: kept.digest });
      await (written.erased.reasonId === kept.id ? this.texts.stay(kept) : this.texts.takeBack(kept.id));
      return written;
    } catch (failure) {
      await (appendedNothing(failure) ? this.texts.takeBack(kept.id) : this.texts.stay(kept));
      throw failure;
    }
  }
}

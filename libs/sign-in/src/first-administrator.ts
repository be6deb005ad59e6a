import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import {
  access,
  accessId,
  adminRole,
  EntityDirectory,
  grantRole,
  hasAdministrator,
  namedScopes,
  Turns,
  type World,
} from '#millwright/access';
import { EventStore, Rejection, runInContext, type CommandContext } from '#millwright/event-sourcing';
import { users } from '#millwright/people';
import { PlainWriter } from '#millwright/resources';
import { Links } from './links.js';
import { NewPasswords } from './new-passwords.js';
import { Passwords } from './passwords.js';
import { People, type Person } from './people.js';
import type { SetupInput } from './sign-in.fields.js';
import { SignInService, type Begun } from './sign-in.service.js';
import { contextOf, firstCustomerId as customerId, patienceMs, type Visitor } from './visitor.js';

const goodForMs = 86_400_000;
const setUp = { kind: 'system', id: 'setup' } as const;

/** The same for a token that is wrong as where there is an administrator already: there is nothing to be found out here. */
const nothingHere = (): Rejection => new Rejection('NOT_FOUND', 'there is nothing at this path');

/** Makes the first person who may do everything, by a link that is printed until there is one (contract, part 4, S59). */
@Injectable()
export class FirstAdministrator {
  private readonly turns: Turns;

  constructor(
    pool: Pool,
    private readonly events: EventStore,
    private readonly entities: EntityDirectory,
    private readonly links: Links,
    private readonly passwords: Passwords,
    private readonly people: People,
    private readonly writer: PlainWriter,
    private readonly signIn: SignInService,
    private readonly newPasswords: NewPasswords,
  ) {
    this.turns = new Turns(pool);
  }

  /** A new link, good for 24 h; null where somebody is administrator, and where that cannot be told yet, since the read models are still being built. */
  async link(): Promise<string | null> {
    const isThere = await this.isThere().catch((failure: unknown) => {
      if (failure instanceof Rejection && failure.code === 'UNAVAILABLE') return true;
      throw failure;
    });
    if (isThere) return null;
    return (await this.links.make('setup', null, new Date(Date.now() + goodForMs))).link;
  }

  /** @throws Rejection NOT_FOUND the link is unknown, used or too old, or there is an administrator; VALIDATION_FAILED as users and passwords are refused */
  async setUp({ token, name, email, password, session }: SetupInput, visitor: Visitor): Promise<Begun> {
    if ((await this.isThere()) || !(await this.links.isGood('setup', token))) throw nothingHere();
    const hashed = await this.passwords.hashed(password, { name, email }, { network: visitor.network, field: 'password' });
    if (!(await this.links.use('setup', token))) throw nothingHere();
    const person = await this.alone(() => this.made({ name, email, hashed }, visitor)).catch(async (failure: unknown) => {
      await this.links.giveBack('setup', token);
      throw failure;
    });
    // Each start printed one of its own, and none of them shall open anything should there be no administrator some day.
    await this.links.revokeKind('setup');
    return this.signIn.begin({ person, hash: hashed }, session, visitor);
  }

  private async isThere(): Promise<boolean> {
    const { state } = await this.events.load(access, accessId);
    return hasAdministrator(state, await this.world());
  }

  /** Each start printed a link: who uses another one at the same moment waits, and finds that there is an administrator before anything of his is made. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const alone = async (): Promise<T> => {
      if (await this.isThere()) throw nothingHere();
      return work();
    };
    return this.turns.take('first administrator', alone, Date.now() + patienceMs);
  }

  /**
   * He is administrator last: where the process ends before that, the next start prints a link, and whoever comes by it with the same address goes on with
   * the person whom it was begun with. Made administrator first, he could have no password, and nobody would be asked for one any more.
   */
  private async made(
    { name, email, hashed }: Readonly<{ name: string; email: string; hashed: string }>,
    visitor: Visitor,
  ): Promise<Person> {
    const world = await this.world();
    const [entityId = null] = world.entityIds;
    const context: CommandContext = contextOf(visitor, setUp, { customerId, entityId });
    const begun = await this.unfinished(email);
    const { id } = begun ?? (await runInContext(context, () => this.writer.register(users, { name, email })).catch(unrooted));
    const person = begun ?? (await this.people.find(id));
    if (!person) throw new Error('the first administrator was made and is not there');
    await this.newPasswords.first(person, hashed, visitor);
    await this.events.execute(
      access,
      accessId,
      (state) => {
        if (hasAdministrator(state, world)) throw nothingHere();
        return world.entityIds.flatMap((site) =>
          grantRole(state, 'bootstrap', { userId: id, entityId: site, roleId: adminRole, reason: 'first administrator' }, world),
        );
      },
      { context },
    );
    return person;
  }

  /** Whoever was made here, has the address and never got anything. */
  private async unfinished(email: string): Promise<Person | undefined> {
    const person = await this.people.knownBy(email);
    if (person?.status !== 'active') return undefined;
    const [{ state: known }, { state: user }] = await Promise.all([
      this.events.load(access, accessId),
      this.events.load(users.stream, person.id),
    ]);
    return user.history?.created.by.id === setUp.id && !known.everGranted.has(person.id) ? person : undefined;
  }

  private async world(): Promise<World> {
    return { known: namedScopes(), entityIds: await this.entities.idsOf(customerId) };
  }
}

/** What is wrong with a user stands under `user` elsewhere, and here at the top. */
function unrooted(failure: unknown): never {
  if (!(failure instanceof Rejection)) throw failure;
  const details = failure.details.map(({ field, ...detail }) => ({ ...detail, field: field.replace(/^user\./, '') }));
  throw new Rejection(failure.code, failure.message.replaceAll('user.', ''), details, failure.facts);
}

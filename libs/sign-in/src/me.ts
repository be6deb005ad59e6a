import { Injectable } from '@nestjs/common';
import { builtInRoles, currentScope, EntityDirectory, KnownAccess, namedScopes, type Held, type Principal } from '#millwright/access';
import { Machines } from '#millwright/credentials';
import { instantText } from '#millwright/fields';
import { Limits } from '#millwright/limits';
import { CookieSessions } from './cookie-sessions.js';
import type { MeAnswer } from './me.fields.js';
import { People, shownPerson } from './people.js';
import { Sessions } from './sessions.js';

const listOf = (held: Held): string[] => [...(held === 'all' ? namedScopes() : held)].sort();

/** Tells whoever asks who he is, and what he may do: as it is asked at each of his requests (contract, part 4, S85). */
@Injectable()
export class Me {
  constructor(
    private readonly people: People,
    private readonly sessions: Sessions,
    private readonly access: KnownAccess,
    private readonly entities: EntityDirectory,
    private readonly machines: Machines,
    private readonly limits: Limits,
    private readonly cookies: CookieSessions,
  ) {}

  async show(): Promise<MeAnswer> {
    const { principal, customer } = currentScope();
    const { credential, rights, customerId } = principal;
    const ids = rights.sites === 'all' ? await this.entities.idsOf(customerId) : [...rights.sites].sort((one, other) => one - other);
    const machine = credential.kind === 'session' ? undefined : await this.machines.shown(principal);
    const roleAt = machine ? () => machine.role : await this.rolesOf(principal);
    const expiresAt = credential.kind === 'session' ? await this.expiryOf(credential.id) : (machine?.expiresAt ?? null);
    return {
      ...(await this.whose(principal, machine?.name ?? null)),
      customer: { id: customer.id, name: customer.name, tier: (await this.limits.installation()).tier },
      entities: ids.map((id) => ({ id, role: roleAt(id), scopes: listOf(rights.at(id)) })),
      scopes: listOf(rights.anywhere()),
      credential: { kind: credential.kind, id: credential.id, expires_at: expiresAt },
      csrf_token: credential.kind === 'session' ? this.cookies.csrfTokenOf(credential.id) : null,
    };
  }

  private async expiryOf(sessionId: string): Promise<string | null> {
    const ends = await this.sessions.expiryOf(sessionId);
    return ends && instantText(ends.toISOString());
  }

  private async whose(
    { credential: { kind, id }, userId }: Principal,
    name: string | null,
  ): Promise<Pick<MeAnswer, 'user' | 'client' | 'key'>> {
    if (kind === 'client') return { client: { id, name } };
    const person = kind === 'session' ? await this.people.find(userId) : undefined;
    return person ? { user: shownPerson(person) } : { key: { id, name } };
  }

  /** The name of the role that a person has at a site; null for the administrator's key. */
  private async rolesOf({ credential, userId }: Principal): Promise<(entityId: number) => string | null> {
    if (credential.kind !== 'session') return () => null;
    const { grants, ownRoles } = await this.access.now();
    return (entityId) => {
      const roleId = grants.get(userId)?.get(entityId);
      if (roleId === undefined) return null;
      return builtInRoles.find(({ id }) => id === roleId)?.name ?? ownRoles.get(roleId)?.name ?? null;
    };
  }
}

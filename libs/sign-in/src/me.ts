import { Injectable } from '@nestjs/common';
import { builtInRoles, currentScope, EntityDirectory, KnownAccess, namedScopes, type Held, type Principal } from '#millwright/access';
import { instantText } from '#millwright/fields';
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
  ) {}

  async show(): Promise<MeAnswer> {
    const { principal, customer } = currentScope();
    const { credential, rights, customerId } = principal;
    const ids = rights.sites === 'all' ? await this.entities.idsOf(customerId) : [...rights.sites].sort((one, other) => one - other);
    const roleAt = await this.rolesOf(principal);
    const expiresAt = credential.kind === 'session' ? await this.sessions.expiryOf(credential.id) : null;
    return {
      ...(await this.whose(principal)),
      customer: { id: customer.id, name: customer.name },
      entities: ids.map((id) => ({ id, role: roleAt(id), scopes: listOf(rights.at(id)) })),
      scopes: listOf(rights.anywhere()),
      credential: { kind: credential.kind, id: credential.id, expires_at: expiresAt && instantText(expiresAt.toISOString()) },
    };
  }

  private async whose({ credential: { kind, id }, userId }: Principal): Promise<Pick<MeAnswer, 'user' | 'client' | 'key'>> {
    if (kind === 'client') return { client: { id, name: null } };
    const person = kind === 'session' ? await this.people.find(userId) : undefined;
    return person ? { user: shownPerson(person) } : { key: { id, name: null } };
  }

  /** The name of the role that a person has at a site; null for what has scopes of its own. */
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

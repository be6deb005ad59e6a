import { Injectable } from '@nestjs/common';
import { currentScope, hasAdministrator, KnownAccess, userIdOf, type Access, type Principal } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { instantText } from '#millwright/fields';
import { pageOfFew, type Filter, type ListDefinition, type ListPage, type ListQuery } from '#millwright/lists';
import { CredentialUses } from './credential-uses.js';
import { isAlive, isSeenByEmail, type Credential } from './domain/credentials.js';
import type { CredentialKind } from './domain/credentials.events.js';
import { MachineCredentials, roleNameOf, scopesOf } from './machine-credentials.js';

const unusedAfterMs = 90 * 86_400_000;

/** Credentials are few and lie in memory; what their lists take of what all lists take is a page, a search by name, and an order. */
export const credentialList: ListDefinition = {
  view: { from: '', columns: {} },
  attributes: { id: { type: 'id', neverNull: true } },
  search: ['name'],
  defaultSort: 'id asc',
  scope: 'customer',
};

/** What is shown of a credential of any kind; each kind shows its own of it. */
export type CredentialRow = Row & Readonly<{ id: number; revision: number }>;

/** What answers show of credentials, over both edges. */
@Injectable()
export class CredentialAnswers {
  constructor(
    private readonly credentials: MachineCredentials,
    private readonly uses: CredentialUses,
    private readonly access: KnownAccess,
  ) {}

  /** A page of those that were not taken away. @throws Rejection VALIDATION_FAILED for a cursor of another list; UNAVAILABLE */
  async page(kind: CredentialKind, query: ListQuery): Promise<ListPage> {
    const wanted = query.search?.toLowerCase() ?? '';
    const found = (await this.credentials.all(kind)).filter(({ id, name }) => {
      return name.toLowerCase().includes(wanted) && query.filters.every((filter) => passes(id, filter));
    });
    if (query.sort[0]?.descending) found.reverse();
    return pageOfFew(kind, query, await this.rows(found));
  }

  /** @throws Rejection NOT_FOUND, UNAVAILABLE */
  async one(kind: CredentialKind, id: number): Promise<CredentialRow> {
    return this.row(await this.credentials.one(kind, id));
  }

  async row(credential: Credential): Promise<CredentialRow> {
    const [row] = await this.rows([credential]);
    if (!row) throw new Error('a credential has no row');
    return row;
  }

  /** What should be looked at (contract, part 4, section 2 and S36). @throws Rejection UNAVAILABLE */
  async review(): Promise<Row[]> {
    const all = await this.credentials.seenWith('access:manage');
    const [uses, access, world] = await Promise.all([this.uses.of(all.map(({ id }) => id)), this.access.now(), this.access.world()]);
    const now = Date.now();
    const rows = all.map((credential): Row => {
      const { id, kind, name, expiresAt, history } = credential;
      const lastUsed = uses.get(id);
      const since = lastUsed?.getTime() ?? Date.parse(history?.created.at ?? '');
      const flags = [...(isAlive(credential, now) ? [] : ['expired']), ...(now - since > unusedAfterMs ? ['unused_for_90_days'] : [])];
      return { kind, id, name, created_at: history?.created.at ?? null, last_used_at: lastUsed ? instantText(lastUsed) : null, expires_at: expiresAt, flags }; // prettier-ignore
    });
    const flags = hasAdministrator(access, world) ? ['bootstrap_key_beside_administrators'] : [];
    const bootstrap = { kind: 'bootstrap', id: null, name: null, created_at: null, last_used_at: null, expires_at: null, flags };
    return [bootstrap, ...rows];
  }

  private async rows(found: readonly Credential[]): Promise<CredentialRow[]> {
    const [uses, access] = await Promise.all([this.uses.of(found.map(({ id }) => id)), this.access.now()]);
    const { principal } = currentScope();
    return found.map((credential) => rowOf(credential, uses.get(credential.id), access, principal));
  }
}

/** Whether an id is what a filter asks for; no id is ever null. */
function passes(id: number, { matcher, values }: Filter): boolean {
  const numbers = values.map(Number);
  const [first = 0] = numbers;
  switch (matcher) {
    case 'eq':
    case 'in':
      return numbers.includes(id);
    case 'not_eq':
    case 'not_in':
      return !numbers.includes(id);
    case 'gt':
      return id > first;
    case 'gteq':
      return id >= first;
    case 'lt':
      return id < first;
    case 'lteq':
      return id <= first;
    default:
      return matcher === 'present' || matcher === 'not_null';
  }
}

function rowOf(credential: Credential, lastUsed: Date | undefined, access: Access, { rights }: Principal): CredentialRow {
  const { id, revision, name, sites, clientId, owner, expiresAt, roleId, secrets, revokedAt, history } = credential;
  const overlapUntil = secrets[1]?.endsAt ?? null;
  return {
    id,
    revision,
    client_id: clientId,
    name,
    role: roleNameOf(access, roleId),
    scopes: scopesOf(credential, access),
    entity_ids:
      sites === 'all' || rights.sites === 'all' ? sites : sites.filter((site) => rights.sites === 'all' || rights.sites.has(site)),
    expires_at: expiresAt,
    owner_id: typeof owner === 'object' && owner ? owner.userId : null,
    created_at: history?.created.at,
    updated_at: history?.updated.at,
    created_by_id: history ? userIdOf(history.created.by) : null,
    last_used_at: lastUsed ? instantText(lastUsed) : null,
    overlap_until: overlapUntil !== null && Date.parse(overlapUntil) > Date.now() ? overlapUntil : null,
    revoked_at: revokedAt,
    known_to_email_session: isSeenByEmail(credential, Date.now()),
  };
}

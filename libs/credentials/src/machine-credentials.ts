import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  builtInRoles,
  currentScope,
  KnownAccess,
  namedScopes,
  requireForDeedAt,
  RoleTurns,
  scopesOfRole,
  type Access,
  type Principal,
  type RequestScope,
  type Scope,
} from '#millwright/access';
import { changedSince, currentContext, EventStore, isExpected, Rejection, type Detail, type Outcome } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { noSuchRecord } from '#millwright/resources';
import type { CredentialInput } from './credential.inputs.js';
import {
  added,
  changeCredential,
  makeCredential,
  requireKnown,
  revokeCredential,
  rotateCredential,
} from './domain/credential-decisions.js';
import { credentials, credentialsId, type Credential, type Credentials } from './domain/credentials.js';
import type { CredentialFacts, CredentialKind, CredentialMade, CredentialsEvent, KeyOwner, Sites } from './domain/credentials.events.js';
import { requireAllOfOwner } from './owners.js';
import { newClientId, newSecret, Secrets, type NewSecret } from './secrets.js';

/** The sequence of their numbers, which all kinds share. */
export const credentialIds = { name: 'credential', field: 'credentialId' };

/** What whoever looks after them needs (contract, part 4, S87). */
export const managedWith: Readonly<Record<CredentialKind, Scope>> = {
  api_key: 'integrations:manage',
  client: 'integrations:manage',
  service_account: 'access:manage',
};

const defaultOverlapHours = 24;

/** A credential as it was decided, and its new secret: null where an earlier try has decided it, whose secret nobody knows any more. */
export type Decided = Readonly<{ credential: Credential; secret: string | null; position: bigint }>;

/** Makes, changes, rotates and takes away what machines come in with. Nobody gives what he has not (contract, part 4, S2 to S4, S8). */
@Injectable()
export class MachineCredentials implements OnModuleInit {
  constructor(
    private readonly events: EventStore,
    private readonly secrets: Secrets,
    private readonly access: KnownAccess,
    private readonly turns: RoleTurns,
  ) {}

  onModuleInit(): void {
    this.access.countUses(async (roleId) => {
      const { state } = await this.events.load(credentials, credentialsId);
      return [...state.byId.values()].some((credential) => credential.roleId === roleId && credential.revokedAt === null);
    });
  }

  /** @throws Rejection VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS, CONFLICT (S73) */
  async make(kind: CredentialKind, input: CredentialInput): Promise<Decided> {
    const { principal } = currentScope();
    const access = await this.access.now();
    const facts = { scopes: null, roleId: null, expiresAt: null, ...(await this.wanted(input, principal, access)) } as CredentialFacts;
    await requireHeld([managedWith[kind], ...scopesOf(facts, access)], facts.sites);
    const [secret, credentialId] = [newSecret(kind), await this.events.nextId(credentialIds.name)];
    const owner = kind === 'api_key' ? ownerOf(principal) : null;
    const clientId = kind === 'client' ? newClientId() : null;
    const made = { kind, credentialId, ...facts, owner, clientId, secretId: secret.id, ...shownBy(principal) };
    return this.turns.giving(facts.roleId, 'role', async () => {
      await this.secrets.keep(secret);
      return this.decided({ id: credentialId, secret, sites: [facts.sites] }, (state) =>
        makeCredential(state, { ...made, now: Date.now() }),
      );
    });
  }

  /** @throws Rejection as `make`; NOT_FOUND, CONFLICT (it was revoked, or is over), PRECONDITION_FAILED */
  async change(kind: CredentialKind, credentialId: number, input: Partial<CredentialInput>): Promise<Decided> {
    const { principal } = currentScope();
    const before = await this.managed(kind, credentialId);
    const access = await this.access.now();
    const wanted = await this.wanted(input, principal, access);
    const after = { ...before, ...wanted };
    for (const more of added(boundsOf(before, access), boundsOf(after, access))) await requireHeld(more.scopes, more.sites);
    if (livesLonger(before, after)) await requireHeld(scopesOf(after, access), after.sites);
    const decide = (state: Credentials): CredentialsEvent[] => {
      requireSame(before, state);
      return changeCredential(state, { kind, credentialId, wanted, now: Date.now() });
    };
    return this.turns.giving(wanted.roleId, 'role', () => this.decided({ id: credentialId, sites: [before.sites, after.sites] }, decide));
  }

  /** @throws Rejection NOT_FOUND, INSUFFICIENT_PERMISSIONS (S2, of its owner, too), CONFLICT (it was revoked), PRECONDITION_FAILED */
  async rotate(
    kind: CredentialKind,
    credentialId: number,
    { overlap_hours: hours, revoke_tokens: tokensRevoked }: Readonly<{ overlap_hours?: string | null; revoke_tokens?: boolean | null }>,
  ): Promise<Decided> {
    const { principal } = currentScope();
    const credential = await this.managed(kind, credentialId);
    await requireHeld(scopesOf(credential, await this.access.now()), credential.sites);
    await requireAllOfOwner(this.access, credential);
    const secret = newSecret(kind);
    await this.secrets.keep(secret);
    const overlapHours = Number(hours ?? defaultOverlapHours);
    const wanted = { kind, credentialId, secretId: secret.id, overlapHours, ...shownBy(principal) };
    return this.decided({ id: credentialId, secret, sites: [credential.sites] }, (state) => {
      requireSame(credential, state);
      return rotateCredential(state, { ...wanted, tokensRevoked: tokensRevoked ?? false, now: Date.now() });
    });
  }

  /** @throws Rejection NOT_FOUND, INSUFFICIENT_PERMISSIONS, PRECONDITION_FAILED */
  async revoke(kind: CredentialKind, credentialId: number): Promise<Decided> {
    const { sites } = await this.managed(kind, credentialId);
    return this.decided({ id: credentialId, sites: [sites] }, (state) => revokeCredential(state, { kind, credentialId }));
  }

  /** One that exists for whoever asks. @throws Rejection NOT_FOUND, UNAVAILABLE */
  async one(kind: CredentialKind, credentialId: number): Promise<Credential> {
    const { state } = await this.events.load(credentials, credentialsId);
    const credential = requireKnown(state, kind, credentialId);
    if (!existsFor(currentScope(), credential, managedWith[kind])) throw noSuchRecord();
    return credential;
  }

  /** Those of a kind that were not taken away and exist for whoever asks, by their numbers. @throws Rejection UNAVAILABLE */
  async all(kind: CredentialKind): Promise<Credential[]> {
    return (await this.seenWith(managedWith[kind])).filter((it) => it.kind === kind);
  }

  /** Those of every kind that were not taken away and exist for who has a right, by their numbers. @throws Rejection UNAVAILABLE */
  async seenWith(right: Scope): Promise<Credential[]> {
    const { state } = await this.events.load(credentials, credentialsId);
    const scope = currentScope();
    const seen = [...state.byId.values()].filter((it) => it.revokedAt === null && existsFor(scope, it, right));
    return seen.sort((one, other) => one.id - other.id);
  }

  /** One that whoever asks may look after, wherever it opens something. */
  private async managed(kind: CredentialKind, credentialId: number): Promise<Credential> {
    const credential = await this.one(kind, credentialId);
    await requireHeld([managedWith[kind]], credential.sites);
    return credential;
  }

  /** What requests say, as events do. @throws Rejection VALIDATION_FAILED a scope, a role or a site that there is not for whoever asks */
  private async wanted(input: Partial<CredentialInput>, { rights }: Principal, access: Access): Promise<Partial<CredentialFacts>> {
    const { name, scopes, role, entity_ids: sites, expires_at: expiresAt } = input;
    const problems: Detail[] = [];
    for (const scope of scopes ?? [])
      if (!namedScopes().has(scope) || scope === 'installation:manage')
        problems.push({
          field: 'scopes',
          code: 'not_a_choice',
          message: `must not contain ${scope.slice(0, 100)}, which no credential can hold`,
        });
    const roleId = role === undefined ? undefined : roleIdOf(access, role);
    if (role !== undefined && roleId === undefined) problems.push({ field: 'role', code: 'not_found', message: 'there is no such role' });
    if (sites !== undefined && sites !== 'all') {
      const there = new Set((await this.access.world(sites)).entityIds);
      if (sites.some((id) => !there.has(id) || (rights.sites !== 'all' && !rights.sites.has(id))))
        problems.push({ field: 'entity_ids', code: 'not_found', message: 'there is no such entity' });
    }
    if (problems.length > 0) throw invalid(problems);
    const wanted = { name, scopes, roleId, sites, expiresAt };
    return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  }

  /** If-Match is about the one credential, and not about all that the stream decides. */
  private async decided({ id, secret, sites }: About, decide: (state: Credentials) => CredentialsEvent[]): Promise<Decided> {
    const { expectedRevisions, ...context } = currentContext();
    const entityId = siteOf(sites, context.entityId);
    const step = (state: Credentials): CredentialsEvent[] => {
      const revision = state.byId.get(id)?.revision;
      if (revision !== undefined && !isExpected(expectedRevisions, revision)) throw changedSince();
      return decide(state);
    };
    const { state, position }: Outcome<Credentials> = await this.events.execute(credentials, credentialsId, step, {
      context: { ...context, entityId },
    });
    const credential = state.byId.get(id);
    if (!credential) throw noSuchRecord();
    return { credential, position, secret: secret && credential.secrets[0]?.id === secret.id ? secret.text : null };
  }
}

/** Which credential is decided about, its new secret, and what it opens before and after. */
type About = Readonly<{ id: number; secret?: NewSecret; sites: readonly Sites[] }>;

/**
 * The site in whose trail a decision about a credential stands: the only one that it opens. One for several is the customer's matter, for not everybody
 * who reads the trail of one may know of the others; one for all of them is where it was asked for, if it says where.
 */
function siteOf(opened: readonly Sites[], asked: number | null): number | null {
  if (opened.includes('all')) return asked;
  const [site = null, ...others] = new Set(opened.flat());
  return others.length === 0 ? Number(site) : null;
}

/** Lets only those on who hold all of it at each of the sites. @throws Rejection INSUFFICIENT_PERMISSIONS naming the first that is missing */
const requireHeld = (scopes: readonly Scope[], sites: Sites): Promise<void> => requireForDeedAt(currentScope(), scopes, sites);

/** To whom a new secret is shown, as events say it. */
const shownBy = ({ byEmail }: Principal): Pick<CredentialMade['data'], 'byEmail'> => (byEmail ? { byEmail } : {});

const ownerOf = ({ credential: { kind }, userId }: Principal): KeyOwner => (kind === 'bootstrap' ? 'bootstrap' : { userId });

/** A credential of other sites does not exist: those are the one that is asked about, or wherever whoever asks has the right (contract, part 4, S5, S93). */
function existsFor({ principal: { rights }, entity }: RequestScope, { sites }: Credential, right: Scope): boolean {
  if (sites === 'all') return true;
  return sites.some((id) => {
    const held = rights.at(id);
    return (entity === null || id === entity.id) && (held === 'all' || held.has(right));
  });
}

/** What a credential may do at its sites: its scopes, or those of its role. */
export const scopesOf = ({ scopes, roleId }: Pick<CredentialFacts, 'scopes' | 'roleId'>, access: Access): readonly Scope[] =>
  scopes ?? [...(scopesOfRole(access, roleId ?? 0, namedScopes()) ?? [])].sort();

const boundsOf = (facts: CredentialFacts, access: Access) => ({ scopes: new Set(scopesOf(facts, access)), sites: facts.sites });

function roleIdOf({ ownRoles }: Access, role: string): number | undefined {
  const isCalled = ({ name }: Readonly<{ name: string }>): boolean => name.toLowerCase() === role.trim().toLowerCase();
  return builtInRoles.find(isCalled)?.id ?? ownRoles.findKey(isCalled);
}

/** What a role is called; null where it is gone. */
export const roleNameOf = ({ ownRoles }: Access, roleId: number | null): string | null =>
  builtInRoles.find(({ id }) => id === roleId)?.name ?? ownRoles.get(roleId ?? 0)?.name ?? null;

/**
 * What it opens was judged before the decision: two changes at one moment, each allowed alone, could come to more together.
 * @throws Rejection CONFLICT somebody else has changed that meanwhile
 */
function requireSame(before: Credential, { byId }: Credentials): void {
  const now = byId.get(before.id);
  if (now && JSON.stringify(opened(now)) !== JSON.stringify(opened(before)))
    throw new Rejection('CONFLICT', 'Somebody else has changed it at this moment; please try again.');
}

const opened = ({ scopes, roleId, sites, expiresAt }: Credential): object => ({ scopes, roleId, sites, expiresAt });

/** What would soon be over opens something for longer. */
const livesLonger = (before: Credential, after: Pick<Credential, 'expiresAt'>): boolean =>
  before.expiresAt !== null && (after.expiresAt === null || Date.parse(after.expiresAt) > Date.parse(before.expiresAt));

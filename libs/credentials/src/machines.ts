import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  alike,
  builtInUserId,
  EntityDirectory,
  KnownAccess,
  namedScopes,
  rowsOfRole,
  scopesOfRole,
  type Access,
  type Principal,
  type Rights,
  type Scope,
} from '#millwright/access';
import { whenKnown } from '#millwright/event-sourcing';
import type { VerifiedToken } from './access-tokens.js';
import { Authentication } from './authentication.js';
import { CredentialUses } from './credential-uses.js';
import { isAlive, isSeenByEmail, openedBy, type Credential } from './domain/credentials.js';
import { KnownCredentials } from './known-credentials.js';
import { roleNameOf } from './machine-credentials.js';
import { NarrowedRights } from './narrowed-rights.js';
import { secretIdOf, Secrets } from './secrets.js';

type Found = Principal | null | Promise<Principal | null>;

/** `expiresAt`: RFC 3339, null where it does not end by itself; `role`: null where it has scopes of its own. */
type MachineFacts = Readonly<{ name: string; expiresAt: string | null; role: string | null }>;

const everything = alike('all');
const nothing: ReadonlySet<Scope> = new Set();

/** Who a machine acts as, and what it may do at this moment: told to the door of all credentials. */
@Injectable()
export class Machines implements OnModuleInit {
  constructor(
    private readonly authentication: Authentication,
    private readonly known: KnownCredentials,
    private readonly secrets: Secrets,
    private readonly uses: CredentialUses,
    private readonly access: KnownAccess,
    private readonly entities: EntityDirectory,
  ) {}

  onModuleInit(): void {
    this.authentication.register({ hasForm: (text) => secretIdOf(text) !== undefined, principalOf: (text) => this.principalOfKey(text) });
    this.authentication.registerSubject('client', (token) => this.principalOfToken(token));
  }

  /** The client that a public id and a secret are of; undefined for wrong ones, and for any other kind of credential. */
  async client(clientId: string, secret: string): Promise<Credential | undefined> {
    const secretId = secretIdOf(secret);
    if (secretId === undefined) return undefined;
    const credential = await this.known.find((state) => openedBy(state, secretId, Date.now()));
    if (credential?.kind !== 'client' || credential.clientId !== clientId) return undefined;
    return (await this.secrets.isWhole(secretId, secret)) ? credential : undefined;
  }

  /** What a credential may do at this moment, or the part that a token of it is for; null where it has ended with its owner. @throws Rejection UNAVAILABLE */
  rightsOf(credential: Credential, narrowedTo?: string): Rights | null | Promise<Rights | null> {
    return whenKnown(this.access.now(), (state) => {
      const { sites, owner } = credential;
      const customerId = customerOf(credential);
      const rows = credential.roleId === null ? undefined : rowsOfRole(credential.roleId);
      const bounds = { scopes: scopesHeld(credential, state, narrowedTo), sites, everySite: () => this.entities.idsOf(customerId), rows };
      if (owner === null || owner === 'bootstrap') return new NarrowedRights(everything, bounds);
      if (state.suspended.has(owner.userId)) return null;
      return whenKnown(this.access.rightsOf(owner.userId, customerId), (rights) => new NarrowedRights(rights, bounds));
    });
  }

  /** How a credential that came in is shown to itself; undefined where it is none of a machine. @throws Rejection UNAVAILABLE */
  async shown({ credential: { kind, id } }: Principal): Promise<MachineFacts | undefined> {
    const found = (await this.known.now()).byId.get(Number(id));
    if (found?.kind !== kind) return undefined;
    const { name, expiresAt, roleId } = found;
    return { name, expiresAt, role: roleId === null ? null : roleNameOf(await this.access.now(), roleId) };
  }

  noteUse({ id }: Credential): void {
    this.uses.note(id);
  }

  private principalOfKey(text: string): Found {
    const secretId = secretIdOf(text) ?? '';
    const opened = this.known.find((state) => openedBy(state, secretId, Date.now()));
    return whenKnown(opened, (credential) => {
      // What a client comes in with is a token; its secret only gets one.
      if (!credential || credential.kind === 'client') return null;
      return whenKnown(this.secrets.isWhole(secretId, text), (whole) => (whole ? this.principalOf(credential) : null));
    });
  }

  private principalOfToken({ sub, scope, payload }: VerifiedToken): Found {
    const counting = this.known.find((state) => {
      const credential = state.byId.get(Number(sub.slice('client:'.length)));
      if (credential?.kind !== 'client' || !isAlive(credential, Date.now())) return undefined;
      return payload['gen'] === credential.tokenGeneration ? credential : undefined;
    });
    return whenKnown(counting, (credential) => (credential ? this.principalOf(credential, scope) : null));
  }

  private principalOf(credential: Credential, narrowedTo?: string): Found {
    return whenKnown(this.rightsOf(credential, narrowedTo), (rights) => {
      if (!rights) return null;
      const { id, kind, owner } = credential;
      this.uses.note(id);
      const userId = typeof owner === 'object' && owner ? owner.userId : builtInUserId;
      const principal: Principal = { credential: { kind, id: String(id) }, customerId: customerOf(credential), userId, rights };
      return isSeenByEmail(credential, Date.now()) ? { ...principal, byEmail: true } : principal;
    });
  }
}

const customerOf = ({ history }: Credential): number => history?.customerId ?? 0;

/** What a credential is made for: its scopes, or what its role holds now. Remembered, for every request of it asks. */
function scopesHeld(credential: Credential, state: Access, narrowedTo: string | undefined): ReadonlySet<Scope> {
  const { scopes, roleId } = credential;
  if (scopes) return remembered(scopes, narrowedTo ?? '*', () => new Set(narrowedTo === undefined ? scopes : within(scopes, narrowedTo)));
  return remembered(state, `role ${roleId}`, () => scopesOfRole(state, roleId ?? 0, namedScopes()) ?? nothing);
}

const within = (scopes: readonly Scope[], text: string): Scope[] => {
  const asked = new Set(text.split(' '));
  return scopes.filter((scope) => asked.has(scope));
};

/** Of one credential, or of one state of access: a client may ask for as many parts of its scopes as it likes. */
const mostSets = 100;
const sets = new WeakMap<object, LRUCache<string, ReadonlySet<Scope>>>();

function remembered(of: object, name: string, make: () => ReadonlySet<Scope>): ReadonlySet<Scope> {
  const known = sets.get(of) ?? new LRUCache<string, ReadonlySet<Scope>>({ max: mostSets });
  sets.set(of, known);
  const set = known.get(name) ?? make();
  known.set(name, set);
  return set;
}

import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { Pool } from 'pg';
import {
  access,
  accessId,
  builtInRoles,
  currentScope,
  EntityDirectory,
  grantRole,
  KnownAccess,
  requireChargeOf,
  RoleTurns,
  type Access,
  type Grantor,
  type World,
} from '#millwright/access';
import { InstallationSecret } from '#millwright/credentials';
import { EventStore, type Detail, type Position, type Row } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { ReachableAddresses } from '#millwright/outgoing-requests';
import type { IssuerSettings } from '../domain/single-sign-on.events.js';
import { notSet, removeSingleSignOn, setSingleSignOn, singleSignOn, singleSignOnId } from '../domain/single-sign-on.js';
import { Issuer } from './issuer.js';
import { IssuerLinks } from './issuer-links.js';
import { unavailable, type KnownIssuer } from './known-issuer.js';
import { isMatchedByEmail } from './matching.js';
import type { IssuerInput } from './single-sign-on.fields.js';

const encryption = { alg: 'dir', enc: 'A256GCM' } as const;

/** Who vouches for people: set by whoever may do all that anybody may who comes in that way (contract, part 4, S2, S4). */
@Injectable()
export class IssuerSettingsStore implements OnModuleInit {
  private readonly logger = new Logger(IssuerSettingsStore.name);
  private readonly sealing: Buffer;

  constructor(
    private readonly pool: Pool,
    private readonly events: EventStore,
    private readonly access: KnownAccess,
    private readonly turns: RoleTurns,
    private readonly entities: EntityDirectory,
    private readonly links: IssuerLinks,
    private readonly addresses: ReachableAddresses,
    private readonly issuer: Issuer,
    secret: InstallationSecret,
  ) {
    this.sealing = secret.derived('issuer secrets');
  }

  onModuleInit(): void {
    this.access.countUses(async (roleId) => (await this.events.load(singleSignOn, singleSignOnId)).state.settings?.roleId === roleId);
  }

  /** Undefined where single sign-on is not set up, or switched off. @throws Rejection UNAVAILABLE; ISSUER_UNAVAILABLE its secret cannot be read */
  async enabled(): Promise<KnownIssuer | undefined> {
    const { state, revision } = await this.events.load(singleSignOn, singleSignOnId);
    if (!state.settings?.enabled) return undefined;
    const secret = await this.unsealed(state.settings.secretId);
    if (secret !== undefined) return { ...state.settings, secret, revision };
    this.logger.warn('the client secret of single sign-on cannot be read: it has to be set anew (PUT /api/v1/access/oidc)');
    throw unavailable();
  }

  /** Whether single sign-on is set up and not switched off. @throws Rejection UNAVAILABLE */
  async isEnabled(): Promise<boolean> {
    return (await this.events.load(singleSignOn, singleSignOnId)).state.settings?.enabled === true;
  }

  /** Null where single sign-on is not set up. @throws Rejection UNAVAILABLE */
  async show(): Promise<Row | null> {
    const { state } = await this.events.load(singleSignOn, singleSignOnId);
    return state.settings && this.row(state.settings, (await this.events.load(access, accessId)).state);
  }

  /** @throws Rejection VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS; NOT_FOUND the role is gone */
  async set(input: IssuerInput): Promise<Readonly<{ row: Row; position: Position }>> {
    const { state: known } = await this.events.load(access, accessId);
    const settings = saysOnlyWhether(input) ? await this.switched(input.enabled) : await this.wanted(input, known);
    await this.requireAllWhoCome(settings);
    // Nobody needs it who comes in no more.
    if (input.client_secret == null && settings.enabled) await this.requireReadable();
    const secretId = input.client_secret == null ? null : await this.sealed(input.client_secret);
    const before: { secretId?: string } = {};
    const outcome = await this.turns.giving(settings.roleId, 'default_role', () =>
      this.events.execute(singleSignOn, singleSignOnId, (state) => {
        before.secretId = state.settings?.secretId;
        return setSingleSignOn(state, { ...settings, secretId });
      }),
    );
    if (before.secretId !== outcome.state.settings?.secretId) await this.forgetSecret(before.secretId);
    await this.forgetOtherSecrets(outcome.state.settings?.secretId ?? null);
    if (!outcome.state.settings) throw new Error('single sign-on was set and is not there');
    return { row: await this.row(outcome.state.settings, known), position: outcome.position };
  }

  /** `row`: the settings as they were; null where an earlier try of the same request has removed them. @throws Rejection NOT_FOUND, INSUFFICIENT_PERMISSIONS */
  async remove(): Promise<Readonly<{ row: Row | null; position: Position }>> {
    const { state } = await this.events.load(singleSignOn, singleSignOnId);
    // Whoever may say by whom others come in may also say that they do not.
    if (state.settings) await this.requireAllWhoCome(state.settings);
    const { state: known } = await this.events.load(access, accessId);
    const before: { settings: IssuerSettings | null } = { settings: null };
    const { position } = await this.events.execute(singleSignOn, singleSignOnId, (current) => {
      before.settings = current.settings;
      return removeSingleSignOn(current);
    });
    const row = before.settings && (await this.row(before.settings, known));
    if (before.settings) await this.forgetSecret(before.settings.secretId);
    await this.forgetOtherSecrets(null);
    return { row, position };
  }

  /** Whoever names an issuer could come in as anybody whom it may vouch for. @throws Rejection INSUFFICIENT_PERMISSIONS */
  private async requireAllWhoCome(settings: Omit<IssuerSettings, 'secretId'>): Promise<void> {
    const linked = await this.links.usersOf(settings.issuer);
    const named = settings.sites === 'all' ? [] : (settings.sites ?? []);
    await this.access.consider((state, by, world) => requireAllWhoCome(state, by, { settings, linked }, world), named);
  }

  /** All as it is, but for whether anybody comes in. @throws Rejection NOT_FOUND none is set */
  private async switched(enabled: boolean): Promise<Omit<IssuerSettings, 'secretId'>> {
    const { settings } = (await this.events.load(singleSignOn, singleSignOnId)).state;
    if (!settings) throw notSet();
    const { issuer, clientId, roleId, sites } = settings;
    return { issuer, clientId, roleId, sites, enabled };
  }

  /** What is said, as events say it. @throws Rejection VALIDATION_FAILED */
  private async wanted(said: IssuerInput, known: Access): Promise<Omit<IssuerSettings, 'secretId'>> {
    const { issuer = '', client_id: clientId = '', default_role: role, entity_ids: sites, enabled } = said;
    const problems: Detail[] = [];
    for (const field of ['issuer', 'client_id'] as const)
      if (said[field] == null) problems.push({ field, code: 'required', message: 'is required, unless `enabled` is all that is said' });
    const problem = said.issuer == null ? undefined : this.problemOf(issuer);
    if (problem) problems.push({ field: 'issuer', ...problem });
    const roleId = role == null ? null : roleIdOf(known, role);
    if (roleId === undefined) problems.push({ field: 'default_role', code: 'not_found', message: 'there is no such role' });
    if (role != null && sites == null)
      problems.push({ field: 'entity_ids', code: 'required', message: 'must say where: nothing never means all' });
    if (sites != null && sites !== 'all' && !(await this.exist(sites)))
      problems.push({ field: 'entity_ids', code: 'not_found', message: 'there is no such entity' });
    if (problems.length > 0) throw invalid(problems);
    return { issuer, clientId, roleId: roleId ?? null, sites: role == null ? null : (sites ?? null), enabled: enabled ?? true };
  }

  /** Of the sites, those that exist for whoever asks (contract, part 4, S91). */
  private async row({ issuer, clientId, secretId, roleId, sites, enabled }: IssuerSettings, known: Access): Promise<Row> {
    const { sites: own } = currentScope().principal.rights;
    const seen = sites === 'all' || sites === null || own === 'all' ? sites : sites.filter((id) => own.has(id));
    const facts = { issuer, client_id: clientId, default_role: roleNameOf(known, roleId), entity_ids: seen, enabled };
    const isReadable = (await this.unsealed(secretId)) !== undefined;
    return { ...facts, client_secret_readable: isReadable, redirect_uri: this.issuer.callback };
  }

  private async exist(sites: readonly number[]): Promise<boolean> {
    const { customerId, rights } = currentScope().principal;
    const there = new Set(await this.entities.idsOf(customerId));
    return sites.every((id) => there.has(id) && (rights.sites === 'all' || rights.sites.has(id)));
  }

  /** What can be told without asking anybody; a name is judged when it is connected to. */
  private problemOf(issuer: string): Pick<Detail, 'code' | 'message'> | undefined {
    const isUrl = URL.canParse(issuer) && /^https?:\/\/[^?#\s]+$/.test(issuer);
    const { protocol, hostname, username, password, pathname } = isUrl ? new URL(issuer) : new URL('about:');
    if (!isUrl || username !== '' || password !== '')
      return { code: 'not_an_issuer', message: 'must be an address like https://login.example.com, without ?, # and the name of a user' };
    // What looks like the address of the metadata is asked as it is, and nothing compares then whose metadata they are.
    if (pathname.includes('/.well-known/'))
      return { code: 'not_an_issuer', message: 'must be the address of the issuer, without /.well-known/ and what comes behind it' };
    const address = hostname.replace(/^\[(.*)\]$/, '$1');
    const isPlain = protocol === 'http:';
    const isFine =
      isIP(address) === 0
        ? !isPlain || this.addresses.allowsAny
        : isPlain
          ? this.addresses.isAllowed(address)
          : this.addresses.isReachable(address);
    return isFine
      ? undefined
      : { code: 'address_not_allowed', message: 'must begin with https:// and be public, unless WEBHOOK_ALLOW names it' };
  }

  private async sealed(secret: string): Promise<string> {
    const id = randomUUID();
    const sealed = await new CompactEncrypt(new TextEncoder().encode(secret))
      .setProtectedHeader({ ...encryption, kid: id })
      .encrypt(this.sealing);
    await this.pool.query('INSERT INTO app.issuer_secrets (secret_id, sealed) VALUES ($1, $2)', [id, sealed]);
    return id;
  }

  /** What the one before it has sealed stays as it is only where it can be opened. @throws Rejection VALIDATION_FAILED `client_secret` required */
  private async requireReadable(): Promise<void> {
    const { settings } = (await this.events.load(singleSignOn, singleSignOnId)).state;
    if (!settings || (await this.unsealed(settings.secretId)) !== undefined) return;
    throw invalid([{ field: 'client_secret', code: 'required', message: 'is required, since the one before it cannot be read any more' }]);
  }

  /** Undefined where it cannot be read: a database that was restored with a new secret cannot open what the one before it has sealed. */
  private async unsealed(id: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ sealed: string }>('SELECT sealed FROM app.issuer_secrets WHERE secret_id = $1', [id]);
    try {
      const { plaintext } = await compactDecrypt(rows[0]?.sealed ?? '', this.sealing, {
        keyManagementAlgorithms: [encryption.alg],
        contentEncryptionAlgorithms: [encryption.enc],
      });
      return new TextDecoder().decode(plaintext);
    } catch {
      return undefined;
    }
  }

  /** Takes secrets away that a process has left that ended before it could. */
  async forgetOld(): Promise<void> {
    const { state } = await this.events.load(singleSignOn, singleSignOnId);
    await this.forgetOtherSecrets(state.settings?.secretId ?? null);
  }

  private async forgetSecret(id: string | undefined): Promise<void> {
    await this.pool.query('DELETE FROM app.issuer_secrets WHERE secret_id = $1', [id]);
  }

  /** One that was made just now may be of somebody who sets another issuer at this moment. */
  private async forgetOtherSecrets(kept: string | null): Promise<void> {
    await this.pool.query(
      `DELETE FROM app.issuer_secrets WHERE secret_id IS DISTINCT FROM $1 AND made_at < clock_timestamp() - interval '1 minute'`,
      [kept],
    );
  }
}

const saysOnlyWhether = (said: IssuerInput): said is IssuerInput & Readonly<{ enabled: boolean }> =>
  said.enabled != null && Object.entries(said).every(([name, value]) => name === 'enabled' || value === undefined);

type Coming = Readonly<{ settings: Omit<IssuerSettings, 'secretId'>; linked: readonly number[] }>;

/** @throws Rejection INSUFFICIENT_PERMISSIONS */
function requireAllWhoCome(state: Access, by: Grantor, { settings, linked }: Coming, world: World): void {
  const { roleId, sites } = settings;
  // As somebody whom nobody knows yet.
  const newcomer = 0;
  if (roleId !== null)
    for (const entityId of sites === 'all' ? world.entityIds : (sites ?? []))
      grantRole(state, by, { userId: newcomer, entityId, roleId, reason: null }, world);
  const everybody = new Set(
    [...state.grants.keys(), ...linked].filter((id) => linked.includes(id) || isMatchedByEmail(state, id, world.known)),
  );
  for (const userId of everybody) requireChargeOf(state, by, userId, world);
}

function roleIdOf({ ownRoles }: Access, role: string): number | undefined {
  const isCalled = ({ name }: Readonly<{ name: string }>): boolean => name.toLowerCase() === role.trim().toLowerCase();
  return builtInRoles.find(isCalled)?.id ?? ownRoles.findKey(isCalled);
}

const roleNameOf = ({ ownRoles }: Access, roleId: number | null): string | null =>
  builtInRoles.find(({ id }) => id === roleId)?.name ?? ownRoles.get(roleId ?? 0)?.name ?? null;

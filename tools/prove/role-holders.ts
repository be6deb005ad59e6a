import { Asker } from './asker.js';
import type { Agent } from 'undici';

/** What only a person's session may do, and no key holds (contract, part 4, S7, S8). */
const ofPersons = ['access:manage', 'integrations:manage', 'installation:manage'];
const manageInstallation = 'installation:manage';
const password = 'seventeen blue kettles';

/** Hands out credentials that hold so much and no more. */
export class RoleHolders {
  private number = 0;
  private lastSignIn: Promise<unknown> = Promise.resolve();
  private readonly known = new Map<string, Promise<Asker>>();

  private constructor(
    private readonly url: string,
    private readonly administrator: Asker,
    private readonly agent: Agent,
    /** Every scope that there is. */
    readonly scopes: readonly string[],
    /** What each built-in role holds. */
    readonly roles: ReadonlyMap<string, ReadonlySet<string>>,
  ) {}

  static async at(url: string, administrator: Asker, agent: Agent): Promise<RoleHolders> {
    type Role = Readonly<{ name: string; built_in: boolean; scopes: readonly string[] }>;
    const scopes = await administrator.data<readonly { name: string }[]>('GET', '/access/scopes');
    const roles = (await administrator.data<readonly Role[]>('GET', '/access/roles')).filter(({ built_in: isBuiltIn }) => isBuiltIn);
    return new RoleHolders(
      url,
      administrator,
      agent,
      scopes.map(({ name }) => name),
      new Map(roles.map(({ name, scopes: held }) => [name, new Set(held)])),
    );
  }

  /** A person with a role at some sites, signed in. */
  async person(role: string, entityIds: readonly number[] = [1], more: object = {}): Promise<Asker> {
    const { id } = await this.user(role, entityIds, more);
    return this.signedIn(id, entityIds[0]);
  }

  async user(role: string, entityIds: readonly number[], more: object = {}): Promise<{ id: number }> {
    const permissions_attributes = entityIds.map((entity_id) => ({ entity_id, role }));
    return this.administrator.data<{ id: number }>('POST', '/users', { user: { name: this.named(role), permissions_attributes, ...more } });
  }

  /** One after the other: only so many passwords are computed at once. */
  signedIn(userId: number, entityId = 1): Promise<Asker> {
    const next = this.lastSignIn.then(() => this.signIn(userId, entityId));
    this.lastSignIn = next.catch(() => undefined);
    return next;
  }

  private async signIn(userId: number, entityId: number): Promise<Asker> {
    const { token } = await this.administrator.data<{ token: string }>('POST', `/users/${userId}/invite`);
    const accepted = { token, password };
    const { access_token: accessToken } = await this.administrator.data<{ access_token: string }>(
      'POST',
      '/auth/accept_invitation',
      accepted,
    );
    return new Asker(this.url, accessToken, this.agent, entityId);
  }

  /** Somebody who holds exactly this: a key, where a key may do what that is needed for. */
  holding(scopes: readonly string[]): Promise<Asker> {
    const name = [...scopes].sort().join(' ');
    const known = this.known.get(name) ?? this.make(scopes);
    this.known.set(name, known);
    return known;
  }

  /** Somebody who holds everything but this; no key holds `installation:manage` anyway. */
  holdingAllBut(scope: string): Promise<Asker> {
    return this.holding(this.scopes.filter((other) => other !== scope && other !== manageInstallation));
  }

  async key(scopes: readonly string[], entityIds: readonly number[] | 'all' = [1]): Promise<Asker> {
    const expires_at = new Date(Date.now() + 86_400_000).toISOString();
    const wanted = { name: this.named('key'), scopes, entity_ids: entityIds, expires_at };
    const { key } = await this.administrator.data<{ key: string }>('POST', '/access/api_keys', wanted);
    return new Asker(this.url, key, this.agent, entityIds === 'all' ? 1 : entityIds[0]);
  }

  private async make(scopes: readonly string[]): Promise<Asker> {
    const isPersons = scopes.length === 0 || (scopes.length < 4 && scopes.some((scope) => ofPersons.includes(scope)));
    if (!isPersons) return this.key(scopes);
    const inRole = scopes.filter((scope) => scope !== manageInstallation);
    const { id } = await this.user(inRole.length === 0 ? 'integration' : await this.role(inRole), [1]);
    if (inRole.length < scopes.length) await this.administrator.data('PUT', `/users/${id}/installation_manager`, { granted: true });
    return this.signedIn(id);
  }

  private async role(scopes: readonly string[]): Promise<string> {
    return (await this.administrator.data<{ name: string }>('POST', '/access/roles', { name: this.named('role'), scopes })).name;
  }

  private named(what: string): string {
    this.number += 1;
    return `${what} ${this.number}`;
  }
}

import { Injectable } from '@nestjs/common';
import type { Principal } from '#millwright/access';
import { EventStore, type CommandContext } from '#millwright/event-sourcing';
import { AccessTokens, type VerifiedToken } from './access-tokens.js';
import { Authentication } from './authentication.js';
import { revokeToken } from './domain/credential-decisions.js';
import { credentials, credentialsId, type Credential } from './domain/credentials.js';
import { tokenSeconds } from './domain/credentials.js';
import { Machines } from './machines.js';
import { clientCredentialsOf, wrongClient, type OAuthForm } from './oauth-form.js';
import { OAuthRefusal } from './oauth-refusal.js';

/** Who asks, as far as headers tell. */
export type Asked = Readonly<{ requestId: string; authorization: string | undefined; form: OAuthForm }>;

/** An answer to a request for a token (RFC 6749, section 5.1). */
export type TokenAnswer = Readonly<{ access_token: string; token_type: 'Bearer'; expires_in: number; scope: string }>;

/** What is told of a token (RFC 7662): nothing at all of one that is not active, or not the caller's business. */
export type Introspection = Readonly<{ active: false }> | Readonly<{ active: true; [claim: string]: unknown }>;

/** Whose tokens he may ask about: those of his own `sub`, or all. */
type Caller = Readonly<{ sub: string | undefined; managesAccess: boolean }>;

const grant = 'client_credentials';
const patienceMs = 2_000;

/** The grant of client credentials, revocation and introspection. */
@Injectable()
export class OAuth {
  constructor(
    private readonly machines: Machines,
    private readonly tokens: AccessTokens,
    private readonly authentication: Authentication,
    private readonly events: EventStore,
  ) {}

  /** A token of a client, for all that it may do or the part that it asks for. @throws OAuthRefusal, Rejection UNAVAILABLE */
  async token({ authorization, form }: Asked): Promise<TokenAnswer> {
    const wanted = form.get('grant_type');
    if (wanted === undefined) throw new OAuthRefusal('invalid_request', 'grant_type is required');
    const client = await this.clientOf({ authorization, form });
    if (wanted !== grant) throw new OAuthRefusal('unsupported_grant_type', `the only grant_type here is ${grant}`);
    const scope = scopeOf(client, form.get('scope'));
    const subject = { sub: `client:${client.id}`, clientId: client.clientId ?? '', scope };
    const { token } = await this.tokens.issue(subject, { gen: client.tokenGeneration });
    this.machines.noteUse(client);
    return { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds, scope };
  }

  /** @throws OAuthRefusal, Rejection UNAVAILABLE */
  async introspect(asked: Asked): Promise<Introspection> {
    const token = await this.tokenOf(asked);
    if (!token) return { active: false };
    const { payload, sub, clientId, scope, jti, issuedAt, expiresAt } = token;
    return { active: true, scope, client_id: clientId, token_type: 'Bearer', exp: expiresAt, iat: issuedAt, sub, aud: payload['aud'], iss: payload['iss'], jti }; // prettier-ignore
  }

  /** Ends a token; what is none, or none of the caller's, is passed over in silence. @throws OAuthRefusal, Rejection UNAVAILABLE */
  async revoke(asked: Asked): Promise<void> {
    const token = await this.tokenOf(asked);
    if (!token) return;
    const wanted = { tokenId: token.jti, expiresAt: new Date(token.expiresAt * 1_000).toISOString() };
    const context = contextOf(token, asked.requestId);
    await this.events.execute(credentials, credentialsId, (state) => revokeToken(state, wanted), { context });
  }

  /** The token that is asked about, where it is active and the caller's own, or he manages access (contract, part 4, S19). */
  private async tokenOf(asked: Asked): Promise<VerifiedToken | undefined> {
    const caller = await this.callerOf(asked);
    const text = asked.form.get('token');
    if (text === undefined) throw new OAuthRefusal('invalid_request', 'token is required');
    const token = await this.tokens.verify(text);
    if (!token || !(caller.managesAccess || token.sub === caller.sub)) return undefined;
    return (await this.authentication.authenticate(text)) ? token : undefined;
  }

  private async callerOf({ authorization, form }: Asked): Promise<Caller> {
    const bearer = /^(?:Bearer|Token) +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (bearer === undefined) {
      const client = await this.clientOf({ authorization, form });
      const rights = await this.machines.rightsOf(client);
      return { sub: `client:${client.id}`, managesAccess: rights !== null && managesAccess(await rights.everywhere()) };
    }
    const principal: Principal | null = await this.authentication.authenticate(bearer);
    if (!principal)
      throw new OAuthRefusal('invalid_token', 'this credential is not known, or over', {
        'WWW-Authenticate': 'Bearer error="invalid_token"',
      });
    const own = await this.tokens.verify(bearer);
    return { sub: own?.sub, managesAccess: managesAccess(await principal.rights.everywhere()) };
  }

  private async clientOf({ authorization, form }: Pick<Asked, 'authorization' | 'form'>): Promise<Credential> {
    const shown = clientCredentialsOf(authorization, form);
    const client = shown && (await this.machines.client(shown.clientId, shown.secret));
    if (!client) throw wrongClient(shown?.basic ?? false);
    return client;
  }
}

const managesAccess = (held: 'all' | ReadonlySet<string>): boolean => held === 'all' || held.has('access:manage');

/** What a token is for: what is asked for, at most what the client may; all of that where nothing is asked. @throws OAuthRefusal invalid_scope */
function scopeOf({ scopes }: Credential, asked: string | undefined): string {
  const granted = scopes ?? [];
  const wanted = asked?.split(' ').filter((scope) => scope !== '') ?? granted;
  if (wanted.some((scope) => !granted.includes(scope)))
    throw new OAuthRefusal('invalid_scope', 'this client may not do all that is asked for');
  // In one order, so that the same part is the same text however it was asked for.
  return [...new Set(wanted)].sort().join(' ');
}

/** A token is ended on behalf of whom it is of. */
function contextOf({ sub, payload }: VerifiedToken, requestId: string): CommandContext {
  const [kind, id = ''] = sub.split(':');
  const actor = { kind: kind === 'user' ? 'user' : 'client', id } as const;
  return {
    actor,
    customerId: 1,
    entityId: null,
    requestId,
    correlationId: requestId,
    causationId: requestId,
    deadline: Date.now() + patienceMs,
    ...(typeof payload['sid'] === 'string' && { credential: { kind: 'session', id: payload['sid'] } }),
    ...(kind === 'client' && { credential: { kind: 'client', id } }),
  };
}

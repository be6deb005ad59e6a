import { Injectable, Logger } from '@nestjs/common';
import {
  authorizationCodeGrant,
  allowInsecureRequests,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  type Configuration,
  type CustomFetch,
} from 'openid-client';
import { PublicUrl } from '#millwright/credentials';
import { Rejection } from '#millwright/event-sourcing';
import { OutgoingRequests, RequestFailed } from '#millwright/outgoing-requests';
import type { Proofs } from './attempts.js';
import { claimsIn, type Claims, type Said } from './claims.js';
import { failed, unavailable, type KnownIssuer } from './known-issuer.js';

/** In seconds: for one request, and by how much clocks may differ. */
const longestRequest = 10;
const clocksDiffer = 30;
/** For how long what an issuer says of itself is believed, in milliseconds. */
const believedForMs = 600_000;

/** Below PUBLIC_URL; the issuer has to know the whole address. */
const callbackPath = '/api/v1/auth/oidc/callback';

type Discovered = Readonly<{ revision: number; until: number; configuration: Configuration }>;

/** Talks to the issuer: authorization code flow with PKCE, state and nonce; what it signs is checked with its keys. */
@Injectable()
export class Issuer {
  private readonly logger = new Logger(Issuer.name);
  private discovered: Discovered | undefined;

  constructor(
    private readonly requests: OutgoingRequests,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** Where the issuer sends people back to. */
  get callback(): string {
    return this.publicUrl.text + callbackPath;
  }

  /** Where somebody is sent to show who he is. @throws Rejection ISSUER_UNAVAILABLE */
  async addressFor(issuer: KnownIssuer, { state, nonce, verifier }: Proofs): Promise<string> {
    const configuration = await this.configurationOf(issuer);
    const address = buildAuthorizationUrl(configuration, {
      redirect_uri: this.callback,
      scope: 'openid email profile',
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    if (address.protocol !== 'https:' && address.protocol !== new URL(issuer.issuer).protocol) throw unavailable();
    return address.href;
  }

  /** Who that is. @throws Rejection ISSUER_UNAVAILABLE; SINGLE_SIGN_ON_FAILED the issuer says no, or what it says cannot be believed */
  async claimsOf(issuer: KnownIssuer, answer: URLSearchParams, { state, nonce, verifier }: Proofs): Promise<Claims> {
    const configuration = await this.configurationOf(issuer);
    try {
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const tokens = await authorizationCodeGrant(configuration, new URL(`${this.callback}?${answer.toString()}`), checks);
      const signed = tokens.claims();
      if (!signed) throw failed();
      const asked = 'email' in signed ? {} : await this.told(configuration, tokens.access_token, signed.sub);
      const claims = claimsIn(signed, asked);
      if (!claims) throw failed();
      return claims;
    } catch (failure) {
      if (failure instanceof Rejection) throw failure;
      if (isUnanswered(failure)) throw this.noted(failure);
      this.logger.warn(`what came from the issuer of single sign-on was refused: ${codeOf(failure)}`);
      throw failed();
    }
  }

  private async told(configuration: Configuration, accessToken: string, subject: string): Promise<Said> {
    return configuration.serverMetadata().userinfo_endpoint === undefined ? {} : fetchUserInfo(configuration, accessToken, subject);
  }

  private async configurationOf({ issuer, clientId, secret, revision }: KnownIssuer): Promise<Configuration> {
    if (this.discovered?.revision === revision && Date.now() < this.discovered.until) return this.discovered.configuration;
    const isPlain = new URL(issuer).protocol === 'http:';
    try {
      const configuration = await discovery(
        new URL(issuer),
        clientId,
        { [clockTolerance]: clocksDiffer },
        (server, client, body, headers) => {
          const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
          const authenticate = methods.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret);
          return authenticate(server, client, body, headers);
        },
        {
          [customFetch]: this.fetch,
          timeout: longestRequest,
          execute: [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])],
        },
      );
      this.discovered = { revision, until: Date.now() + believedForMs, configuration };
      return configuration;
    } catch (failure) {
      throw this.noted(failure);
    }
  }

  private readonly fetch: CustomFetch = (url, options) => this.requests.send(url, options);

  private noted(failure: unknown): Rejection {
    this.logger.warn(`the issuer of single sign-on cannot be used: ${codeOf(failure)}`);
    return unavailable();
  }
}

const causesOf = (failure: unknown): Error[] => (failure instanceof Error ? [failure, ...causesOf(failure.cause)] : []);

const isUnanswered = (failure: unknown): boolean =>
  causesOf(failure).some((cause) => cause instanceof RequestFailed || (cause as { code?: unknown }).code === 'OAUTH_TIMEOUT');

/** What went wrong, in words that hold nothing of what was sent or answered. */
function codeOf(failure: unknown): string {
  const words = causesOf(failure).flatMap((cause) => {
    if (cause instanceof RequestFailed) return [cause.reason];
    const { code } = cause as { code?: unknown };
    return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? [code] : [];
  });
  return [...new Set(words)].join(', ') || 'unknown';
}

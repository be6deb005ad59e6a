import { Injectable } from '@nestjs/common';
import { ApiKeys, type Principal } from '#millwright/access';
import { whenKnown } from '#millwright/event-sourcing';
import { AccessTokens, type VerifiedToken } from './access-tokens.js';
import { KnownCredentials } from './known-credentials.js';

type Found = Principal | null | Promise<Principal | null>;

/** Knows one kind of credential by its form, and whose it is. */
export type Verifier = Readonly<{
  hasForm(text: string): boolean;
  /** At once where that is known. @throws Rejection UNAVAILABLE it cannot be found out */
  principalOf(text: string): Found;
}>;

/** Whom a token's `sub` means, and whether he may still come in: asked at each call. */
type SubjectResolver = (token: VerifiedToken) => Found;

/** The one door of all kinds of credentials. Rooms register what they know at the time their module is made. */
@Injectable()
export class Authentication {
  private readonly verifiers: Verifier[] = [];
  private readonly subjects = new Map<string, SubjectResolver>();

  constructor(
    private readonly keys: ApiKeys,
    private readonly tokens: AccessTokens,
    private readonly known: KnownCredentials,
  ) {
    this.register({ hasForm: (text) => tokens.hasForm(text), principalOf: (text) => this.principalOfToken(text) });
  }

  register(verifier: Verifier): void {
    this.verifiers.push(verifier);
  }

  /** Says what a `sub` means that begins with this kind and a colon: `user` for `user:12`. */
  registerSubject(kind: string, resolve: SubjectResolver): void {
    if (this.subjects.has(kind)) throw new Error(`two rooms know what a subject ${kind} is`);
    this.subjects.set(kind, resolve);
  }

  /** Whose credential this is, or null. @throws Rejection UNAVAILABLE */
  authenticate(text: string): Found {
    const verifier = this.verifiers.find(({ hasForm }) => hasForm(text));
    if (!verifier) return this.keys.authenticate(text);
    // The administrator's key is a text of his own choice, of whatever form.
    return whenKnown(verifier.principalOf(text), (found) => found ?? this.keys.authenticate(text));
  }

  /**
   * Has credentials known as they are in the log at this moment, whichever process has changed them.
   * @throws Rejection UNAVAILABLE the log cannot be read
   */
  lookAnew(): Promise<void> {
    return this.known.lookAnew();
  }

  private principalOfToken(text: string): Found {
    return whenKnown(this.tokens.verify(text), (token) => {
      if (!token) return null;
      return whenKnown(this.known.now(), ({ revokedTokens }) => {
        const [kind = ''] = token.sub.split(':', 1);
        return revokedTokens.has(token.jti) ? null : (this.subjects.get(kind)?.(token) ?? null);
      });
    });
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Configuration } from 'oidc-provider';

/** What an issuer says of somebody. */
export type Account = Readonly<{ email?: string; email_verified?: boolean; given_name?: string; family_name?: string; locale?: string }>;

export const clientId = 'millwright';
export const clientSecret = 'a secret between the issuer and us';

/** A real issuer of OpenID Connect in this process, at whose page whoever comes is signed in at once: as `subject`. */
export class TestIssuer {
  /** By subject. */
  readonly accounts = new Map<string, Account>();
  /** Who signs in next; undefined: he thinks better of it. */
  subject: string | undefined;
  /** What it was asked, by paths. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(redirectUri: string): Promise<TestIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = new TestIssuer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const provider = await silently(async () => {
      const { default: Provider } = await import('oidc-provider');
      return new Provider(issuer.url, issuer.configuration(redirectUri));
    });
    const answer = provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      issuer.asked.push((request.url ?? '').replace(/\?.*$/, ''));
      if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
      const { subject } = issuer;
      const said = subject === undefined ? { error: 'access_denied' } : { login: { accountId: subject } };
      void provider.interactionFinished(request, response, said);
    });
    return issuer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private configuration(redirectUri: string): Configuration {
    return {
      clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'locale'] },
      cookies: { keys: ['for the tests only'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      pkce: { required: () => true },
      ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
      findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...this.accounts.get(accountId) }) }),
      async loadExistingGrant({ oidc }) {
        const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session?.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    };
  }
}

/** The library tells the console that what a test does on purpose is nothing for others. */
async function silently<T>(work: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return await work();
  } finally {
    console.warn = warn;
  }
}

/** Goes where it is sent, with the cookies of where it goes, as a browser does. */
export class TestBrowser {
  private readonly cookies = new Map<string, Map<string, string>>();

  /** What is answered there, without going on. */
  async ask(address: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(address);
    const own = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, own);
    const cookie = [...own].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie !== '' && { cookie }), ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(address, { ...init, headers, redirect: 'manual' });
    for (const set of response.headers.getSetCookie()) this.keep(own, set);
    return response;
  }

  /** Goes on from there, until it would come to an address that begins so: answers that. */
  async goTo(address: string, until: string): Promise<string> {
    for (let steps = 0, next = address; steps < 10; steps += 1) {
      const response = await this.ask(next);
      const location = response.headers.get('location');
      if (location === null) throw new Error(`${next} has sent nobody on: ${response.status} ${await response.text()}`);
      next = new URL(location, next).href;
      if (next.startsWith(until)) return next;
    }
    throw new Error(`${address} leads nowhere`);
  }

  /** What it keeps for that address. */
  cookiesFor(address: string): ReadonlyMap<string, string> {
    return this.cookies.get(new URL(address).origin) ?? new Map();
  }

  keepFor(address: string, set: string): void {
    const { origin } = new URL(address);
    const own = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, own);
    this.keep(own, set);
  }

  private keep(own: Map<string, string>, set: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(set)) own.delete(name);
    else own.set(name, value);
  }
}

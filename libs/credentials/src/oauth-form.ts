import { OAuthRefusal } from './oauth-refusal.js';

/** What a form says: each parameter once, none without a value (RFC 6749, section 3.2). */
export type OAuthForm = ReadonlyMap<string, string>;

/** @throws OAuthRefusal invalid_request a parameter stands twice */
export function oauthForm(body: unknown): OAuthForm {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(typeof body === 'string' ? body : '')) {
    if (form.has(name)) throw new OAuthRefusal('invalid_request', `the parameter ${name.slice(0, 50)} stands twice`);
    form.set(name, value);
  }
  return new Map([...form].filter(([, value]) => value !== ''));
}

/** What a client shows of itself; `basic` where it did so in a header. */
export type ClientCredentials = Readonly<{ clientId: string; secret: string; basic: boolean }>;

/**
 * How a client says who it is: in a header or in the form, not in both; undefined where it does neither.
 * @throws OAuthRefusal invalid_request both ways at once; invalid_client a header that cannot be read
 */
export function clientCredentialsOf(authorization: string | undefined, form: OAuthForm): ClientCredentials | undefined {
  const [clientId, secret] = [form.get('client_id'), form.get('client_secret')];
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) {
    if (/^Basic\b/i.test(authorization ?? '')) throw wrongClient(true);
    return clientId !== undefined && secret !== undefined ? { clientId, secret, basic: false } : undefined;
  }
  const known = basicOf(encoded);
  if (secret !== undefined || (clientId !== undefined && clientId !== known.clientId))
    throw new OAuthRefusal('invalid_request', 'a client says who it is in the header or in the form, not in both');
  return known;
}

export const wrongClient = (basic: boolean): OAuthRefusal =>
  new OAuthRefusal('invalid_client', 'there is no such client, or this is not its secret', basic ? { 'WWW-Authenticate': 'Basic realm="oauth"' } : {}); // prettier-ignore

/** Both are written as in a form before they are joined (RFC 6749, section 2.3.1). */
function basicOf(encoded: string): ClientCredentials {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw wrongClient(true);
  const read = (part: string): string => {
    try {
      return decodeURIComponent(part.replaceAll('+', ' '));
    } catch {
      throw wrongClient(true);
    }
  };
  return { clientId: read(text.slice(0, colon)), secret: read(text.slice(colon + 1)), basic: true };
}

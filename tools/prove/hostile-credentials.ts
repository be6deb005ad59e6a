import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { Asker } from './asker.js';
import { secret, type Attack } from './hostile-requests.js';

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

type Claims = Readonly<Record<string, unknown>>;

/** Access tokens that somebody made himself, after one that is good: none of them may open anything. */
export function forgedTokens(good: string, keys: readonly Readonly<Record<string, string>>[]): ReadonlyMap<string, string> {
  const [head = '', body = '', signature = ''] = good.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Claims;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const own = (said: object, about: object = {}): string => {
    const text = `${encoded({ ...header, ...said })}.${encoded({ ...claims, ...about })}`;
    return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
  };
  const published = keys[0]?.['x'] ?? '';
  const hmac = (key: string | Buffer): string => {
    const text = `${encoded({ ...header, alg: 'HS256' })}.${body}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  return new Map([
    ['alg none', `${encoded({ ...header, alg: 'none' })}.${body}.`],
    ['alg None', `${encoded({ ...header, alg: 'None' })}.${body}.${signature}`],
    ['HS256 with the public key', hmac(published)],
    ['HS256 with the bytes of the public key', hmac(Buffer.from(published, 'base64url'))],
    ['HS256 with the key set', hmac(JSON.stringify(keys[0]))],
    ['a key of one’s own', own({})],
    ['a key of one’s own in the header', own({ jwk: publicKey.export({ format: 'jwk' }) })],
    ['a key at an address', own({ jku: 'http://127.0.0.1:9/keys', x5u: 'http://127.0.0.1:9/keys' })],
    ...['../../../dev/null', "' or 1=1 --", '', '\u0000', '__proto__'].map((kid): [string, string] => [
      `kid ${JSON.stringify(kid)}`,
      own({ kid }),
    ]),
    ['a kid that is a list', own({ kid: [header['kid']] })],
    ['another type', own({ typ: 'JWT' })],
    ['a critical header', own({ crit: ['exp'], exp: 1 })],
    ['another issuer', own({}, { iss: 'https://evil.example' })],
    ['another audience', own({}, { aud: 'https://evil.example' })],
    ['over', own({}, { exp: 1 })],
    ['never over', own({}, { exp: 9e15 })],
    ['of somebody else', `${head}.${encoded({ ...claims, sub: 'user:1' })}.${signature}`],
    ['wider', `${head}.${encoded({ ...claims, scope: 'access:manage' })}.${signature}`],
    ['without signature', `${head}.${body}.`],
    ['cut', good.slice(0, -4)],
    ['with something behind', `${good}.x`],
    ['twice', `${good}, ${good}`],
    ['huge', `${head}.${'A'.repeat(6_000)}.${signature}`],
    ['no token', secret],
    ['a key with a wrong secret', `mwk_0123456789abcdef_${secret}${'A'.repeat(32)}`],
  ]);
}

/** Forms that `/oauth/*` has to refuse in its own words, by what is wrong with them. */
export function hostileForms({ client_id: id, client_secret: password }: Readonly<{ client_id: string; client_secret: string }>): Attack[] {
  const basic = `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`;
  const form = 'application/x-www-form-urlencoded';
  const at = (what: string, body: string, headers: Attack['headers'] = {}, path = '/api/v1/oauth/token'): Attack => ({
    ...{ what: `oauth: ${what}`, method: 'POST', path, body },
    headers: { authorization: undefined, 'x-entity-id': undefined, 'content-type': form, ...headers },
  });
  const grant = 'grant_type=client_credentials';
  const said = `client_id=${id}&client_secret=${password}`;
  return [
    at('basic and body', `${grant}&${said}`, { authorization: basic }),
    at('a repeated parameter', `${grant}&${grant}&${said}`),
    at('no grant type', said),
    at('another grant', `grant_type=password&${said}&username=a&password=${secret}`),
    at('a wrong secret', `${grant}&client_id=${id}&client_secret=${secret}`),
    at('a wider scope', `${grant}&${said}&scope=access%3Amanage`),
    at('JSON', JSON.stringify({ grant_type: 'client_credentials', client_id: id, client_secret: password }), {
      'content-type': 'application/json',
    }),
    at('a secret in the address', grant, {}, `/api/v1/oauth/token?${said}`),
    at('prototype keys', `${grant}&__proto__=1&constructor=2&client_id[]=x`),
    at('no form', '%%%=%ff&%00', {}),
    at('a broken basic', grant, { authorization: 'Basic !!!' }),
    at('NUL in basic', grant, { authorization: `Basic ${Buffer.from(`\u0000:${secret}`).toString('base64')}` }),
    at('introspection of nonsense', `token=${secret}&client_id=${id}&client_secret=${secret}`, {}, '/api/v1/oauth/introspect'),
    at('revocation by nobody', `token=${secret}`, {}, '/api/v1/oauth/revoke'),
  ];
}

/** A browser that comes with a person's cookie from a page of somebody else's. @returns what went wrong */
export async function crossSiteFaults(asker: Asker, login: Readonly<{ email: string; password: string }>): Promise<string[]> {
  const nobody = { authorization: undefined };
  const signedIn = await asker.ask('POST', '/api/v1/auth/login', { ...login, session: 'cookie' }, nobody);
  const cookie = [signedIn.headers['set-cookie']].flat().map((text) => text?.split(';')[0])[0];
  const { csrf_token: token } = (signedIn.body.data ?? {}) as { csrf_token?: string };
  if (signedIn.status !== 200 || cookie === undefined || token === undefined)
    return [`signing in: ${signedIn.status} ${signedIn.text.slice(0, 100)}`];
  const write = async (headers: Readonly<Record<string, string | undefined>>): Promise<string> => {
    const { status, body } = await asker.ask('POST', '/api/v1/locations', { location: { name: 'x' } }, { ...nobody, cookie, ...headers });
    return `${status} ${body.error?.code ?? ''}`.trim();
  };
  const wanted = [
    ['without a token', {}, '403 CSRF'],
    ['with another token', { 'x-csrf-token': secret }, '403 CSRF'],
    ['with an empty one', { 'x-csrf-token': '' }, '403 CSRF'],
    ['with a wrong credential beside it', { 'x-csrf-token': token, authorization: `Bearer ${secret}` }, '401 UNAUTHENTICATED'],
    ['with its token', { 'x-csrf-token': token }, '201'],
  ] as const;
  const faults: string[] = [];
  for (const [what, headers, answer] of wanted) {
    const said = await write(headers);
    if (said !== answer) faults.push(`a cookie ${what}: ${said} instead of ${answer}`);
  }
  return faults;
}

import { createHmac, createPrivateKey, generateKeyPairSync, randomUUID, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { compactDecrypt } from 'jose';
import { InstallationSecret } from '#millwright/credentials';
import type { Asker } from './asker.js';
import { databaseUrlOf, withDatabase } from './database-access.js';
import { secret, type Attack } from './hostile-requests.js';

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

type Claims = Readonly<Record<string, unknown>>;

/**
 * The key with which an installation signs, which nobody has who has not its secret: only a token that is signed by it is refused for what else is wrong
 * with it.
 */
export async function signingKeyOf(dataDir: string, secretKey: string, keyId: string): Promise<KeyObject> {
  const { rows } = await withDatabase(await databaseUrlOf(dataDir, 'superuser'), (client) =>
    client.query<{ sealed_private_key: string }>('SELECT sealed_private_key FROM app.signing_keys WHERE key_id = $1', [keyId]),
  );
  const { plaintext } = await compactDecrypt(rows[0]?.sealed_private_key ?? '', new InstallationSecret(secretKey).derived('signing keys'));
  return createPrivateKey({ key: JSON.parse(new TextDecoder().decode(plaintext)) as JsonWebKey, format: 'jwk' });
}

/** Tokens by what is wrong with them: none of those that are `refused` may open anything, and the others show that nothing else is wrong with them. */
export type ForgedTokens = Readonly<{ accepted: ReadonlyMap<string, string>; refused: ReadonlyMap<string, string> }>;

/** Access tokens that somebody made himself, after one that is good. @param genuine the key that the installation signs with */
export function forgedTokens(good: string, keys: readonly Readonly<Record<string, string>>[], genuine: KeyObject): ForgedTokens {
  const [head = '', body = '', signature = ''] = good.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Claims;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const signed = (key: KeyObject, said: object, about: object): string => {
    const text = `${encoded({ ...header, ...said })}.${encoded({ ...claims, ...about })}`;
    return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
  };
  const own = (said: object, about: object = {}): string => signed(privateKey, said, about);
  /** Nothing is wrong with it but what is said. */
  const genuinely = (said: object, about: object = {}): string => signed(genuine, said, { jti: randomUUID(), ...about });
  const now = Math.floor(Date.now() / 1_000);
  const published = keys[0]?.['x'] ?? '';
  const hmac = (key: string | Buffer): string => {
    const text = `${encoded({ ...header, alg: 'HS256' })}.${body}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const accepted = new Map([['nothing', genuinely({})]]);
  const refused = new Map([
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
    ['a kid that is a list', genuinely({ kid: [header['kid']] })],
    ['a kid that nobody knows', genuinely({ kid: '0'.repeat(32) })],
    ['another type', genuinely({ typ: 'JWT' })],
    ['no type', genuinely({ typ: undefined })],
    ['a critical header', genuinely({ crit: ['urn:evil'], 'urn:evil': 1 })],
    ['an algorithm that it is not', genuinely({ alg: 'ES256' })],
    ['another issuer', genuinely({}, { iss: 'https://evil.example' })],
    ['no issuer', genuinely({}, { iss: undefined })],
    ['another audience', genuinely({}, { aud: 'https://evil.example' })],
    ['no audience', genuinely({}, { aud: undefined })],
    ['over since now', genuinely({}, { exp: now - 1 })],
    ['without an end', genuinely({}, { exp: undefined })],
    ['an end that is a text', genuinely({}, { exp: String(now + 7_200) })],
    ['good from tomorrow on', genuinely({}, { nbf: now + 86_400 })],
    ['without a beginning', genuinely({}, { iat: undefined })],
    ['without a number', genuinely({}, { jti: undefined })],
    ['of nobody', genuinely({}, { sub: undefined })],
    ['of a client that there is not', genuinely({}, { sub: 'client:nobody', client_id: 'nobody' })],
    ['of a person who has not signed in', genuinely({}, { sub: 'user:1' })],
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
  return { accepted, refused };
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

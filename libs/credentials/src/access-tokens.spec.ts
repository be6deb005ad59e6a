import { createLocalJWKSet, decodeProtectedHeader, generateKeyPair, importJWK, jwtVerify, SignJWT, UnsecuredJWT, type JWK } from 'jose';
import { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { EventStore, logMigrations, PostgresLog, Sequences, snapshotMigrations, type CommandContext } from '#millwright/event-sourcing';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { entitiesIn } from '../../../test/harness/entities.js';
import { AccessTokens } from './access-tokens.js';
import { InstallationSecret } from './installation-secret.js';
import { KnownCredentials } from './known-credentials.js';
import { credentialEntities, credentialMigrations } from './migrations.js';
import { PublicUrl } from './public-url.js';
import { SigningKeys } from './signing-keys.js';

const issuer = 'https://cmms.example.com';
const subject = { sub: 'client:c1', clientId: 'c1', scope: 'parts:read' };

let database: TestDatabase;
let entities: EntityManager;
let pool: Pool;
const logs: PostgresLog[] = [];

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.ownerUrl, max: 4 });
  await pool.query('CREATE SCHEMA IF NOT EXISTS app');
  for (const { sql } of [...logMigrations, ...snapshotMigrations, ...credentialMigrations]) await pool.query(sql);
  entities = await entitiesIn(database.ownerUrl, credentialEntities);
});
afterAll(async () => {
  for (const log of logs) await log.close();
  await entities.dataSource.destroy();
  await pool.end();
  await database.drop();
});

/** What one process of the installation knows. */
function someProcess(url = issuer): { keys: SigningKeys; tokens: AccessTokens } {
  const log = new PostgresLog({ url: database.url });
  logs.push(log);
  const events = new EventStore(log, new Sequences(pool));
  const keys = new SigningKeys(entities, new InstallationSecret('a secret of this installation'), events, new KnownCredentials(events));
  return { keys, tokens: new AccessTokens(keys, new PublicUrl(url)) };
}

async function started(url?: string) {
  const process = someProcess(url);
  await process.keys.ensure();
  return process;
}

const context = (): CommandContext => ({
  actor: { kind: 'user', id: '1' },
  customerId: 1,
  entityId: null,
  requestId: 'r',
  correlationId: 'r',
  causationId: 'r',
  deadline: Date.now() + 10_000,
});

describe('signing keys', () => {
  it('are one, however many processes start at the same time', async () => {
    const processes = Array.from({ length: 6 }, () => someProcess());
    await Promise.all(processes.map(({ keys }) => keys.ensure()));
    const shown = await Promise.all(processes.map(({ keys }) => keys.shown()));
    expect(shown[0]).toHaveLength(1);
    expect(shown.every((keys) => JSON.stringify(keys) === JSON.stringify(shown[0]))).toBe(true);
  });

  it('are stored with their private part sealed: only the secret opens it', async () => {
    const { keys } = await started();
    await keys.signing();
    const rows = await pool.query<{ public_key: JWK; sealed_private_key: string }>('SELECT * FROM app.signing_keys');
    expect(rows.rows.map(({ public_key }) => 'd' in public_key)).toEqual(rows.rows.map(() => false));
    expect(decodeProtectedHeader(rows.rows[0]?.sealed_private_key ?? '')).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
    const log = new PostgresLog({ url: database.url });
    logs.push(log);
    const events = new EventStore(log, new Sequences(pool));
    const stranger = new SigningKeys(
      entities,
      new InstallationSecret('another secret, just as long'),
      events,
      new KnownCredentials(events),
    );
    await stranger.ensure();
    await expect(stranger.signing()).rejects.toThrow('decryption');
  });
});

describe('an access token', () => {
  it('says who, for whom and until when, in the words of RFC 9068, and is verified by anybody who has the key set', async () => {
    const { keys, tokens } = await started();
    const { token, jti, expiresAt } = await tokens.issue(subject, { sid: 's1' });
    const keySet = createLocalJWKSet({ keys: await keys.shown() });
    const { payload, protectedHeader } = await jwtVerify(token, keySet, { issuer, audience: `${issuer}/api/v1`, typ: 'at+jwt' });
    expect(payload).toEqual({
      iss: issuer,
      aud: `${issuer}/api/v1`,
      sub: 'client:c1',
      client_id: 'c1',
      scope: 'parts:read',
      sid: 's1',
      jti,
      iat: expiresAt.getTime() / 1_000 - 7_200,
      exp: expiresAt.getTime() / 1_000,
    });
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: (await keys.signing()).keyId });
    expect(await tokens.verify(token)).toMatchObject({ ...subject, jti, payload: { sid: 's1' } });
  });

  it('is taken by every process of the installation, and from the second time on at once', async () => {
    const [issuing, other] = [await started(), await started()];
    const { token } = await issuing.tokens.issue(subject);
    expect(await other.tokens.verify(token)).toMatchObject(subject);
    expect(other.tokens.verify(token)).toMatchObject(subject);
  });

  it('is nothing once its key was revoked, at every process, also where it was verified before', async () => {
    const [rotating, other] = [await started(), await started()];
    const kept = await rotating.tokens.issue(subject);
    expect(await other.tokens.verify(kept.token)).not.toBeNull();
    await rotating.keys.rotate({ revoked: false }, context());
    expect(await rotating.tokens.verify(kept.token)).not.toBeNull();
    await rotating.keys.rotate({ revoked: true }, context());
    expect(await rotating.tokens.verify(kept.token)).toBeNull();
    // The other one may believe for less than a second what it has read.
    const isRefused = async (): Promise<boolean> => (await other.tokens.verify(kept.token)) === null;
    while (!(await isRefused()));
    const fresh = await rotating.tokens.issue(subject);
    expect(await (await started()).tokens.verify(fresh.token)).not.toBeNull();
  });

  it('is refused whatever one part of it is wrong', async () => {
    const { keys, tokens } = await started();
    const { keyId, key } = await keys.signing();
    const now = Math.floor(Date.now() / 1_000);
    const right = { iss: issuer, aud: `${issuer}/api/v1`, sub: 'client:c1', jti: 'j', client_id: 'c1', scope: '', iat: now, exp: now + 60 };
    const header = { alg: 'EdDSA', typ: 'at+jwt', kid: keyId };
    const signed = (claims: object, head: object = {}, by: Parameters<SignJWT['sign']>[0] = key) =>
      new SignJWT({ ...right, ...claims }).setProtectedHeader({ ...header, ...head }).sign(by);
    expect(await tokens.verify(await signed({}))).not.toBeNull();
    const { privateKey: ours } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const { x = '' } = (await keys.shown())[0] ?? {};
    const wrong = [
      signed({ iss: 'https://elsewhere.example.com' }),
      signed({ aud: issuer }),
      signed({ exp: now }),
      signed({ exp: undefined }),
      signed({ nbf: now + 60 }),
      signed({ sub: undefined }),
      signed({ jti: undefined }),
      signed({ client_id: 7 }),
      signed({ scope: undefined }),
      signed({}, { typ: 'JWT' }),
      signed({}, { typ: undefined }),
      signed({}, { kid: undefined }),
      signed({}, { kid: 'somebody' }),
      signed({}, {}, ours),
      // The public key as a shared secret, which whoever believes the header would take.
      signed({}, { alg: 'HS256' }, Buffer.from(x, 'base64url')),
      Promise.resolve(new UnsecuredJWT(right).encode()),
    ];
    for (const [index, token] of wrong.entries()) expect([index, await tokens.verify(await token)]).toEqual([index, null]);
    const { token } = await tokens.issue(subject);
    const [head = '', claims = '', signature = ''] = token.split('.');
    const altered = Buffer.from(claims, 'base64url').toString().replace('parts:read', 'parts:writ');
    for (const other of [
      `${head}.${Buffer.from(altered).toString('base64url')}.${signature}`,
      `${head}.${claims}.`,
      `${token}.x`,
      'eyJ.a.b',
    ])
      expect(await tokens.verify(other)).toBeNull();
  });

  it('is of the installation that PUBLIC_URL names; without it, of whichever process of this machine has issued it', async () => {
    const unnamed = someProcess();
    const urls = [new PublicUrl(), new PublicUrl(), new PublicUrl('https://cmms.example.com')] as const;
    urls[0].listensAt('http://127.0.0.1:3000');
    urls[1].listensAt('http://127.0.0.1:3001');
    urls[2].listensAt('http://127.0.0.1:3002');
    await unnamed.keys.ensure();
    const [one, other, named] = urls.map((url) => new AccessTokens(unnamed.keys, url));
    const { token } = (await one?.issue(subject)) ?? { token: '' };
    expect(await other?.verify(token)).toMatchObject(subject);
    expect(await named?.verify(token)).toBeNull();
    const { token: ofNamed } = (await named?.issue(subject)) ?? { token: '' };
    expect(await one?.verify(ofNamed)).toBeNull();
    expect(await importJWK((await unnamed.keys.shown())[0] as JWK, 'EdDSA')).toBeDefined();
  });
});

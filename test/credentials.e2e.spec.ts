import { TestServer } from './harness/server.js';

let app: TestServer;
beforeAll(async () => {
  app = await TestServer.start();
});
afterAll(() => app.stop());

type KeySet = Readonly<{ keys: readonly Readonly<{ kid: string; kty: string; crv: string; alg: string }>[] }>;

const nobody = { authorization: undefined, 'x-entity-id': undefined };
const keyIds = async (of = app): Promise<string[]> =>
  ((await of.request('GET', '/.well-known/jwks.json', undefined, nobody).expect(200)).body as KeySet).keys.map(({ kid }) => kid);

describe('signing keys', () => {
  it('are shown to everybody, without what signs', async () => {
    const { body } = await app.request('GET', '/.well-known/jwks.json', undefined, nobody).expect(200);
    expect(body).toEqual({
      keys: [{ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), alg: 'EdDSA', use: 'sig' }],
    });
  });

  it('are rotated: the earlier ones stay in the set, unless they are revoked', async () => {
    const [first] = await keyIds();
    const second = (await app.post('/access/keys/rotate').expect(200)).data.key_id as string;
    expect(await keyIds()).toEqual([second, first]);
    const third = (await app.post('/access/keys/rotate', { revoke: true }).expect(200)).data.key_id as string;
    expect(await keyIds()).toEqual([third]);
    const { error } = await app.post('/access/keys/rotate', { revoke: 'yes', all: 1 }).expect(422);
    expect(error.details.map(({ field, code }: Record<string, string>) => [field, code])).toEqual(
      expect.arrayContaining([
        ['revoke', 'not_a_boolean'],
        ['all', 'unknown_field'],
      ]),
    );
    expect(await keyIds()).toEqual([third]);
  });

  it('are one for a request that is repeated with its Idempotency-Key', async () => {
    const once = { 'idempotency-key': 'rotate-once' };
    const { data } = await app.post('/access/keys/rotate', {}, once).expect(200);
    const again = await app.post('/access/keys/rotate', {}, once).expect(200);
    expect([again.data, again.headers.get('idempotent-replayed')]).toEqual([data, 'true']);
    expect((await keyIds())[0]).toBe(data.key_id);
  });
});

describe('the secret of an installation', () => {
  it('is the one its database was sealed with, or nothing starts; with it, everything goes on as it was', async () => {
    const before = await keyIds();
    await app.kill('SIGTERM');
    await expect(app.restart({ SECRET_KEY: 'another secret than the first' })).rejects.toThrow(
      'SECRET_KEY is not the secret that this database was sealed with. Set SECRET_KEY, or put the file back that was there.',
    );
    await app.restart();
    expect(await keyIds()).toEqual(before);
  });
});

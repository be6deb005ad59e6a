import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';
import { password, signIn } from './harness/sign-in.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const nobody = { authorization: undefined, 'x-entity-id': undefined };
const open = (path: string, body: object) => app.post(`/auth/${path}`, body, nobody);
const refusal = ({ status, error }: Answer) => [status, error?.details?.[0]?.field, error?.details?.[0]?.code];
const linkFor = async (id: number, way: 'invite' | 'reset_password') =>
  (await app.post(`/users/${id}/${way}`).expect(201)).data.token as string;

describe('a link to choose a password', () => {
  it('is of no use any more once the person has another address, and a new one is', async () => {
    const user = async (name: string) => (await app.post('/users', { user: { name, email: `${name}@links.example` } }).expect(201)).data.id;
    const [ada, kim] = [await user('ada'), await user('kim')];
    await signIn(app, ada);
    const links = [await linkFor(ada, 'reset_password'), await linkFor(kim, 'invite')] as const;
    for (const id of [ada, kim]) await app.patch(`/users/${id}`, { user: { email: `elsewhere-${id}@links.example` } }).expect(200);
    const changed = 'another quiet place';
    const refused = [
      await open('reset_password', { token: links[0], password: changed }),
      await open('accept_invitation', { token: links[1], password }),
    ];
    expect(refused.map(refusal)).toEqual(refused.map(() => [422, 'token', 'invalid_token']));
    await open('reset_password', { token: await linkFor(ada, 'reset_password'), password: changed }).expect(204);
    await open('accept_invitation', { token: await linkFor(kim, 'invite'), password }).expect(200);
  });
});

describe('a session', () => {
  it('says when it was used last', async () => {
    const { data } = await app.post('/users', { user: { name: 'Bo', email: 'bo@links.example' } }).expect(201);
    const { access_token } = await signIn(app, data.id as number);
    await open('login', { email: 'bo@links.example', password }).expect(200);
    const usedFor = async () =>
      (await app.get('/auth/sessions', { authorization: `Bearer ${access_token}` }).expect(200)).data.map(
        ({ started_at, last_used_at }: Record<'started_at' | 'last_used_at', string>) => Date.parse(last_used_at) - Date.parse(started_at),
      ) as number[];
    for (const until = Date.now() + 10_000; ((await usedFor())[1] ?? 0) < 1_000 && Date.now() < until;);
    const [unused, used] = await usedFor();
    expect(unused).toBeLessThan(500);
    expect(used).toBeGreaterThanOrEqual(1_000);
  });
});

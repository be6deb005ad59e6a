import { Client } from './client.js';

/** What people of the tests choose. */
export const password = 'a quiet place to sit';

/** What somebody is answered who comes in, as far as tests ask. */
export type SignedIn = Readonly<{ access_token: string; refresh_token: string; user: Readonly<{ id: number }> }>;

/**
 * Has a person invited, and come: what he is answered, his tokens among it. Of a server that sends no mail, for there the link is in the answer.
 * @param headers of whoever invites: the site that the person is at
 */
export async function signIn(app: Client, userId: number, headers: Readonly<Record<string, string>> = {}): Promise<SignedIn> {
  const { token } = (await app.post(`/users/${userId}/invite`, undefined, headers).expect(201)).data as { token: string };
  const nobody = { authorization: undefined, 'x-entity-id': undefined };
  return (await app.post('/auth/accept_invitation', { token, password }, nobody).expect(200)).data as SignedIn;
}

/** The same, as a client that acts for him. */
export async function signedIn(app: Client, userId: number): Promise<Client> {
  return new Client(app.url, (await signIn(app, userId)).access_token);
}

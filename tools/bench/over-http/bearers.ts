import type { Pool } from 'undici';
import type { ApiRequest, Bearer } from './target.js';

export const signInPassword = 'a quiet place to sit';
export const signInEmail = 'bench@example.com';

type Insist = (request: ApiRequest) => Promise<string>;

/** What others than the administrator's key come in with: each may restock, and what comes of it is shown to it. */
export class Bearers {
  private readonly made = new Map<Bearer, Promise<string>>();

  constructor(
    private readonly pool: () => Pool,
    private readonly insist: Insist,
  ) {}

  of(bearer: Bearer): Promise<string> {
    const known = this.made.get(bearer);
    if (known) return known;
    const made = this.make(bearer);
    this.made.set(bearer, made);
    return made;
  }

  private async make(bearer: Bearer): Promise<string> {
    const granted = { name: bearer, scopes: ['parts:read', 'stock:move', 'costs:read'], entity_ids: [1] };
    if (bearer === 'API key') {
      const expires_at = new Date(Date.now() + 86_400_000).toISOString();
      return (await this.post<{ key: string }>('/access/api_keys', { ...granted, expires_at })).key;
    }
    if (bearer === 'token of a person') return this.personsToken();
    const { client_id, client_secret } = await this.post<Record<'client_id' | 'client_secret', string>>('/access/clients', granted);
    const answer = await this.pool().request({
      method: 'POST',
      path: '/api/v1/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString(),
    });
    return ((await answer.body.json()) as { access_token: string }).access_token;
  }

  private async personsToken(): Promise<string> {
    const permissions_attributes = [{ entity_id: 1, role: 'admin' }];
    const { id } = await this.post<{ id: number }>('/users', { user: { name: 'Bench', email: signInEmail, permissions_attributes } });
    const { token } = await this.post<{ token: string }>(`/users/${id}/invite`, {});
    return (await this.post<{ access_token: string }>('/auth/accept_invitation', { token, password: signInPassword })).access_token;
  }

  private async post<Data>(path: string, body: object): Promise<Data> {
    const text = await this.insist({ method: 'POST', path: `/api/v1${path}`, body: JSON.stringify(body) });
    return (JSON.parse(text) as { data: Data }).data;
  }
}

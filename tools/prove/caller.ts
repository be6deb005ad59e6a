import { ApiClient, type Answer } from '../api-client.js';
import type { Random } from './random.js';
import type { SeveralProcesses } from './several-processes.js';

/** Somebody who asks now this process, now that one, and asks again with the same key until one answers. */
export class Caller {
  private readonly clients: readonly ApiClient[];
  private keys = 0;

  constructor(
    { servers, adminKey: key }: SeveralProcesses,
    private readonly random: Random,
    private readonly name: string,
    entityId = 1,
  ) {
    this.clients = servers.map(({ url }) => new ApiClient({ url, key, entityId, patience: 300_000, timeout: 60_000 }));
  }

  /** @throws ApiError */
  post<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.any().post<T>(path, body, this.key());
  }

  /** @throws ApiError */
  patch<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.any().patch<T>(path, body, this.key());
  }

  /** @throws ApiError */
  get<T>(path: string, query: Readonly<Record<string, string | number>> = {}): Promise<Answer<T>> {
    return this.any().get<T>(path, query);
  }

  /** @returns the number of the record that was made */
  async create(path: string, body: object): Promise<number> {
    return (await this.post<{ id: number }>(path, body)).data.id;
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
  }

  private any(): ApiClient {
    return this.random.pick(this.clients);
  }

  private key(): string {
    this.keys += 1;
    return `${this.name}-${this.keys}`;
  }
}

import type { ApiClient } from '../api-client.js';

type Created = Readonly<{ id: number }>;
type Query = Readonly<Record<string, string | number>>;

/** A client of the public API that says what it does, reads what it wrote, and counts the numbers that are not those worked out by hand. */
export class Story {
  surprises = 0;
  private position: string | undefined;

  constructor(
    private readonly client: ApiClient,
    readonly say: (line: string) => void,
  ) {}

  async create<T = Created>(path: string, body: unknown): Promise<T> {
    const { data, position } = await this.client.post<T>(path, body);
    this.position = position ?? this.position;
    return data;
  }

  async change<T = void>(path: string, body: unknown): Promise<T> {
    const { data, position } = await this.client.patch<T>(path, body);
    this.position = position ?? this.position;
    return data;
  }

  /** Reads wait until the read models have seen the last write of this story. */
  async read<T>(path: string, query: Query = {}): Promise<T> {
    const upToNow: Query = this.position === undefined ? {} : { min_position: this.position };
    return (await this.client.get<T>(path, { ...query, ...upToNow })).data;
  }

  /** A figure as the server says it, and what it should have been where that differs. */
  figure(actual: number | null, expected: number, decimals = 2): string {
    if (actual === expected) return actual.toFixed(decimals);
    this.surprises++;
    return `${actual} (expected ${expected.toFixed(decimals)})`;
  }
}

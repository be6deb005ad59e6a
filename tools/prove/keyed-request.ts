import { request, type Agent } from 'undici';
import { ApiClient } from '../api-client.js';
import type { Random } from './random.js';

/** `unknown` is an answer that never came, `not now` one that says to come again. */
export type Tried = 'answered' | 'not now' | 'unknown' | 'unexpected';

type Answer = Readonly<{ bytes: string; replayed: boolean }>;

const partCount = 8;
/** What belongs to the delivery of an answer and not to the answer. */
const headersOfDelivery = new Set(['date', 'connection', 'keep-alive', 'x-request-id', 'idempotent-replayed']);
const mark = /key (\S+) here/;

/** A write with an Idempotency-Key, which its event names, and every answer it had. */
export class KeyedRequest {
  readonly answers: Answer[] = [];
  readonly unexpected: string[] = [];

  private constructor(
    readonly key: string,
    private readonly method: 'PATCH' | 'POST',
    private readonly path: string,
    private readonly body: object,
  ) {}

  /** Parts that many requests meet at. */
  static async partsToRestock(url: string, adminKey: string): Promise<number[]> {
    const client = new ApiClient({ url, key: adminKey, entityId: 1, patience: 30_000 });
    const made = Array.from({ length: partCount }, (_, number) =>
      client.post<{ id: number }>('/parts', { part: { name: `Part ${number}` } }),
    );
    const ids = (await Promise.all(made)).map(({ data }) => data.id);
    await client.close();
    return ids;
  }

  /** Mostly a delivery to one of those parts; a new part with a reference that nobody else may have, or a new order. */
  static drawn(key: string, parts: readonly number[], random: Random): KeyedRequest {
    const text = `key ${key} here`;
    const dice = random.next();
    if (dice < 0.6) return new KeyedRequest(key, 'PATCH', `/parts/${random.pick(parts)}/restock`, { quantity: 1, cost: 2, note: text });
    if (dice < 0.8) return new KeyedRequest(key, 'POST', '/parts', { part: { name: text, external_reference: key } });
    return new KeyedRequest(key, 'POST', '/work_orders', { work_order: { title: text } });
  }

  /** The key that an event's data name. */
  static keyIn(data: unknown): string | undefined {
    return mark.exec(JSON.stringify(data))?.[1];
  }

  async ask(url: string, adminKey: string, dispatcher: Agent): Promise<Tried> {
    const asked = request(`${url}/api/v1${this.path}`, {
      method: this.method,
      dispatcher,
      headers: {
        authorization: `Bearer ${adminKey}`,
        'x-entity-id': '1',
        'content-type': 'application/json',
        'idempotency-key': this.key,
      },
      body: JSON.stringify(this.body),
    });
    const reply = await asked
      .then(async ({ statusCode, headers, body }) => ({ statusCode, headers, text: await body.text() }))
      .catch(() => undefined);
    if (!reply) return 'unknown';
    const { statusCode, headers, text } = reply;
    if (statusCode < 300) {
      const told = Object.entries(headers).filter(([name]) => !headersOfDelivery.has(name));
      this.answers.push({
        bytes: `${statusCode} ${JSON.stringify(told.sort())} ${text}`,
        replayed: headers['idempotent-replayed'] === 'true',
      });
      return 'answered';
    }
    if (statusCode === 503 || text.includes('"IDEMPOTENCY_KEY_IN_USE"')) return 'not now';
    this.unexpected.push(`${this.key}: ${statusCode} ${text.slice(0, 300)}`);
    return 'unexpected';
  }
}

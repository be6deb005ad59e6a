import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Client } from './client.js';

const openingStock = 100_000;
const readModels = ['stock-levels', 'part-transactions', 'work-orders', 'costs', 'audit-trail'];

type Asked = Readonly<{ key: string; method: 'PATCH' | 'POST'; path: string; body: object; answer: Answer }>;

/**
 * Clients that ask with an Idempotency-Key until they are answered, whatever is killed meanwhile: restocks of a few parts, and reservations of
 * them on an order of each client. Knows afterwards what must have come of it, exactly.
 */
export class KeyedLoad {
  answered = 0;
  private begun = 0;
  private readonly asked: Asked[] = [];
  private readonly restocked = new Map<number, number>();
  private readonly reserved = new Map<number, number>();

  private constructor(
    /** The processes of one installation; the clients are spread over them. */
    private readonly apps: readonly Client[],
    private readonly name: string,
    private readonly parts: readonly number[],
  ) {}

  static async prepare(apps: readonly Client[], name: string): Promise<KeyedLoad> {
    const parts: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      const body = { part: { name: `${name} ${index}`, on_hand_qty: openingStock, unit_cost: 2 } };
      parts.push((await anyOf(apps, index).post('/parts', body).expect(201)).data.id as number);
    }
    return new KeyedLoad(apps, name, parts);
  }

  /** So many clients, until so many requests more are answered; again, it goes on with the same orders. */
  async run(clients: number, requests: number): Promise<void> {
    const enough = this.begun + requests;
    const client = async (number: number): Promise<void> => {
      const app = anyOf(this.apps, number);
      const opened = await this.ask(app, `order ${number}`, 'POST', '/work_orders', { work_order: { title: `${this.name} ${number}` } });
      const order = opened.data.id as number;
      while (this.begun < enough) {
        this.begun += 1;
        const { begun } = this;
        const part = this.parts[begun % this.parts.length] ?? 0;
        const key = `${number}-${begun}`;
        const restocks = begun % 5 > 0;
        const counted = restocks ? this.restocked : this.reserved;
        if (restocks) await this.ask(app, key, 'PATCH', `/parts/${part}/restock`, { quantity: 1, cost: 3 });
        else await this.ask(app, key, 'POST', `/work_orders/${order}/parts`, { part_id: part, quantity: 1 });
        counted.set(part, (counted.get(part) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  }

  async untilAnswered(requests: number): Promise<void> {
    while (this.answered < requests) await delay(5);
  }

  /** Every answer is given again as it was; every part has exactly what was asked for; every read model is what the log makes of it. */
  async verify(app: Client): Promise<void> {
    for (const { key, method, path, body, answer } of this.asked.filter((_, index) => index % 7 === 0)) {
      const again = await app.request(method, path, body, { 'idempotency-key': key }).expect(answer.status);
      expect([again.headers.get('idempotent-replayed'), again.body]).toEqual(['true', answer.body]);
    }
    for (const part of this.parts) {
      const { data } = await app.get(`/parts/${part}`).expect(200);
      const restocked = this.restocked.get(part) ?? 0;
      const reserved = this.reserved.get(part) ?? 0;
      expect(data).toMatchObject({ on_hand_qty: openingStock + restocked, reserved, stock_value: openingStock * 2 + restocked * 3 });
      const { meta } = await app.get(`/parts/${part}/transactions?type=restock&per_page=1`).expect(200);
      expect(meta.pagination.total).toBe(restocked);
    }
    for (const readModel of readModels) {
      const { digest } = (await app.get(`/projections/${readModel}/digest`).expect(200)).data;
      // Its position may rise meanwhile, where others write into the same log.
      expect((await app.post(`/projections/${readModel}/rebuild`).expect(200)).data).toMatchObject({ name: readModel, digest });
    }
  }

  /** Asks with the same key until the answer says that it is done. */
  private async ask(app: Client, key: string, method: Asked['method'], path: string, body: object): Promise<Answer> {
    const ownKey = `${this.name} ${key}`;
    for (;;) {
      const answer = await app.request(method, path, body, { 'idempotency-key': ownKey }).catch(() => undefined);
      if (answer && answer.status < 300) {
        this.answered += 1;
        this.asked.push({ key: ownKey, method, path, body, answer });
        return answer;
      }
      const notNow = answer === undefined || answer.status === 503 || answer.error?.code === 'IDEMPOTENCY_KEY_IN_USE';
      if (!notNow) throw new Error(`${method} ${path} was answered ${answer.status} ${JSON.stringify(answer.body)}`);
      await delay(20);
    }
  }
}

function anyOf(apps: readonly Client[], number: number): Client {
  const app = apps[number % apps.length];
  if (!app) throw new Error('there is no application');
  return app;
}

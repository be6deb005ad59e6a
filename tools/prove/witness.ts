import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import type { ServerProcess } from '../server-process.js';
import { databaseUrlOf, withDatabase } from './database-access.js';
import { orderFindings, readLog } from './log-audit.js';
import { none, type Finding } from './proof.js';

export type Reply = Readonly<{ status: number; retryAfter: boolean; id: number | undefined; milliseconds: number }>;

/** A client that writes while something breaks, and remembers what it was told: every write carries a note by which the log knows it again. */
export class Witness {
  private readonly acknowledged: string[] = [];
  private readonly unsettled = new Set<string>();
  private sent = 0;
  private partId = 0;

  constructor(private readonly server: ServerProcess) {}

  /** Everything is written to one part. */
  async begin(): Promise<void> {
    this.partId = (await write(this.server, '/parts', { part: { name: 'Witness' } })).id ?? 0;
    if (this.partId === 0) throw new Error('the part that is written to could not be made');
  }

  async restock(): Promise<Reply> {
    const note = `witness-${(this.sent += 1)}`;
    const reply = await write(this.server, `/parts/${this.partId}/restock`, { quantity: '1', cost: '1', note }, 'PATCH');
    if (reply.status === 200) this.acknowledged.push(note);
    else this.unsettled.add(note);
    return reply;
  }

  restocks(count: number): Promise<Reply[]> {
    return Promise.all(Array.from({ length: count }, () => this.restock()));
  }

  read(): Promise<number> {
    return statusOf(`${this.server.url}/api/v1/parts/${this.partId}`, this.server.key);
  }

  live(): Promise<number> {
    return statusOf(`${this.server.url}/health/live`);
  }

  /** Writes until one is taken and everything is ready; the milliseconds that took, from a given moment on. */
  async untilRecovered(since: number): Promise<number> {
    while (performance.now() - since < 60_000) {
      if ((await this.restock()).status === 200 && (await statusOf(`${this.server.url}/health/ready`)) === 200) break;
      await delay(20);
    }
    return performance.now() - since;
  }

  /** What was acknowledged is in the log of the embedded database once, what was refused at most once, and nothing has a gap. */
  async findings(): Promise<Finding[]> {
    const events = await withDatabase(await databaseUrlOf(this.server.dataDir, 'superuser'), readLog);
    const times = new Map<string, number>();
    for (const { note } of events) if (note !== undefined) times.set(note, (times.get(note) ?? 0) + 1);
    return [
      none(
        `each of ${this.acknowledged.length} acknowledged writes is in the log once`,
        this.acknowledged.filter((note) => times.get(note) !== 1),
      ),
      none(
        `each of ${this.unsettled.size} others at most once`,
        [...this.unsettled].filter((note) => (times.get(note) ?? 0) > 1),
      ),
      ...orderFindings(events),
    ];
  }
}

/** Status 0 when no answer came at all. */
async function write(server: ServerProcess, path: string, body: unknown, method: 'POST' | 'PATCH' = 'POST'): Promise<Reply> {
  const started = performance.now();
  const took = (): number => performance.now() - started;
  try {
    const answer = await request(`${server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${server.key}`, 'x-entity-id': '1', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { data } = (await answer.body.json()) as { data?: { id?: number } };
    return { status: answer.statusCode, retryAfter: answer.headers['retry-after'] !== undefined, id: data?.id, milliseconds: took() };
  } catch {
    return { status: 0, retryAfter: false, id: undefined, milliseconds: took() };
  }
}

async function statusOf(url: string, key?: string): Promise<number> {
  try {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}`, 'x-entity-id': '1' };
    const { statusCode, body } = await request(url, { headers });
    await body.dump();
    return statusCode;
  } catch {
    return 0;
  }
}

/** Which answers were neither the write nor a 503 that says when to come again. */
export const otherThanRefused = (replies: readonly Reply[]): string[] =>
  replies.flatMap(({ status, retryAfter }) =>
    status === 503 && retryAfter ? [] : [`${status}${retryAfter ? '' : ' without Retry-After'}`],
  );

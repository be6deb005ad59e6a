import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'undici';
import { ServerProcess } from '../../server-process.js';
import type { BenchPlace } from '../place.js';
import { processorTime, type ProcessorTime } from '../processor-time.js';
import { Bearers } from './bearers.js';
import { busy, connectionsTo, Refused, sendThrough, type ApiRequest, type Target } from './target.js';

type Worker = Readonly<{ lag_events?: number }>;
type Health = Readonly<Partial<Record<'projections' | 'process_managers', readonly Worker[]>>>;

const startDeadline = 900_000;
const mostTries = 20;

/** The server under test: a process of its own, of this build or another, on the database of the bench. */
export class MeasuredServer implements Target {
  private pool: Pool;
  private readonly bearers = new Bearers(
    () => this.pool,
    (request) => this.insist(request),
  );

  private constructor(
    private readonly process: ServerProcess,
    private readonly postgresPid: number,
  ) {
    this.pool = connectionsTo(process.url);
  }

  static async start({ appUrl, ownerUrl, postgresPid, build }: BenchPlace): Promise<MeasuredServer> {
    const environment = { DATABASE_URL: appUrl, MIGRATIONS_DATABASE_URL: ownerUrl };
    const process = await ServerProcess.create({ environment, startDeadline, ...(build !== undefined && { build }) });
    try {
      await process.start();
    } catch (error) {
      await process.dispose();
      throw error;
    }
    return new MeasuredServer(process, postgresPid);
  }

  /** Where it listens, and the administrator's key. */
  get access(): Readonly<{ url: string; key: string }> {
    return { url: this.process.url, key: this.process.key };
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  send(request: ApiRequest): Promise<string> {
    if (request.as === undefined) return sendThrough(this.pool, request, this.process.key);
    return this.bearers.of(request.as).then((credential) => sendThrough(this.pool, request, credential));
  }

  /** Sends what only prepares, again while the server is busy. */
  async insist(request: ApiRequest): Promise<string> {
    for (let left = mostTries; ; left--) {
      try {
        return await this.send(request);
      } catch (error) {
        if (!(error instanceof Refused && error.status === busy && left > 1)) throw error;
        await delay(500);
      }
    }
  }

  /** @returns the number of the record that was made */
  async create(path: string, body: object): Promise<number> {
    const idempotencyKey = randomUUID();
    const text = await this.insist({ method: 'POST', path: `/api/v1${path}`, body: JSON.stringify(body), idempotencyKey });
    return (JSON.parse(text) as { data: { id: number } }).data.id;
  }

  async settled(): Promise<void> {
    for (;;) {
      const { projections = [], process_managers = [] } = JSON.parse(await this.send({ method: 'GET', path: '/health/ready' })) as Health;
      if ([...projections, ...process_managers].every(({ lag_events = 0 }) => lag_events === 0)) return;
      await delay(50);
    }
  }

  processorTime(): Promise<ProcessorTime> {
    const metrics = (): Promise<string> => this.send({ method: 'GET', path: '/metrics' });
    return processorTime({ pid: this.process.pid ?? 0, metrics }, this.postgresPid);
  }

  /** Away, so that nobody works through what is appended meanwhile. */
  async stop(): Promise<void> {
    if (!this.pool.closed) await this.pool.close();
    await this.process.end('SIGTERM');
  }

  /** Nothing is in its memory any more. Returns when it has caught up with the log. */
  async restart(): Promise<void> {
    await this.stop();
    await this.process.start();
    this.pool = connectionsTo(this.process.url);
    await this.settled();
  }

  async dispose(): Promise<void> {
    await this.stop();
    await this.process.dispose();
  }
}

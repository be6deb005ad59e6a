import type pg from 'pg';
import type { Position } from '../event.js';
import type { EngineLogger } from '../projections/engine-logger.js';
import { messageOf, pause } from '../retry.js';

/** At most so often they are stored, in milliseconds: effects are idempotent, so what is done twice after a crash does nothing. */
const storeEveryMs = 50;
/** How long the database is left alone when it refused, in milliseconds. */
const storeAgainMs = 500;

/** Up to where the effects of each process manager are done, as the database knows it: the checkpoints of a process are stored together. */
export class EffectCheckpoints {
  /** Why they cannot be stored, if they cannot. */
  failure: string | undefined;
  private readonly stored = new Map<string, Position>();
  private readonly due = new Map<string, Position>();
  private storing: Promise<void> | undefined;
  private writing: Promise<void> = Promise.resolve();
  private readonly closing = new AbortController();

  constructor(
    private readonly pool: pg.Pool,
    private readonly logger: EngineLogger,
  ) {}

  /** The checkpoint that is stored; a new process manager gets its first one. */
  async begin(name: string, first: () => Promise<Position> | Position): Promise<Position> {
    const begins = await first();
    await this.pool.query('insert into app.process_managers (name, checkpoint) values ($1, $2) on conflict (name) do nothing', [
      name,
      String(begins),
    ]);
    const checkpoint = (await this.all()).get(name) ?? begins;
    this.stored.set(name, checkpoint);
    return checkpoint;
  }

  async all(): Promise<Map<string, Position>> {
    const { rows } = await this.pool.query<{ name: string; checkpoint: string }>('select name, checkpoint::text from app.process_managers');
    return new Map(rows.map(({ name, checkpoint }) => [name, BigInt(checkpoint)]));
  }

  /** It is stored soon. */
  moved(name: string, watermark: Position): void {
    if (watermark <= (this.stored.get(name) ?? 0n)) return;
    this.due.set(name, watermark);
    this.storing ??= this.storeWhileMoving();
  }

  /** Resolves when what moved is stored, or could not be: then what follows it is handled again. */
  settled(): Promise<void> {
    // One after the other: two statements would lock the same rows in orders of their own.
    this.writing = this.writing.then(() => this.store()).catch((error: unknown) => this.failed(error));
    return this.writing;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.storing;
    await this.settled();
  }

  private async storeWhileMoving(): Promise<void> {
    const { signal } = this.closing;
    while (this.due.size > 0 && !signal.aborted) {
      await this.settled();
      await pause(this.failure === undefined ? storeEveryMs : storeAgainMs, signal);
    }
    // In the same breath as the last look at what is due: what moves from now on begins anew.
    this.storing = undefined;
  }

  private failed(error: unknown): void {
    this.failure = `the effect checkpoints cannot be stored: ${messageOf(error)}`;
    this.logger.error({ err: error }, 'the effect checkpoints cannot be stored; what follows them is handled again after a restart');
  }

  /** They never move back, whoever writes late. */
  private async store(): Promise<void> {
    const moved = [...this.due].sort(([one], [other]) => (one < other ? -1 : 1));
    if (moved.length === 0) return;
    await this.pool.query({
      name: 'effect checkpoints',
      text: `update app.process_managers as known set checkpoint = moved.checkpoint
             from unnest($1::text[], $2::numeric[]) as moved (name, checkpoint)
             where known.name = moved.name and known.checkpoint < moved.checkpoint`,
      values: [moved.map(([name]) => name), moved.map(([, watermark]) => String(watermark))],
    });
    this.failure = undefined;
    for (const [name, watermark] of moved) {
      this.stored.set(name, watermark);
      if (this.due.get(name) === watermark) this.due.delete(name);
    }
  }
}

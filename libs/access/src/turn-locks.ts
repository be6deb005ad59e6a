import type { Pool, PoolClient } from 'pg';
import { runForEverybody } from '#millwright/event-sourcing';

/** A process that has stopped lets go of its locks after so long: the connection that has them is silent then. */
const longestSilenceMs = 15_000;

type Asked = Readonly<{ name: string; answer: (isTaken: boolean) => void; fail: (fault: unknown) => void }>;

/**
 * Locks by name over all processes, however many, in the session of one connection, which the process has for as long as it has any: so the pool that it is of
 * is never used up by who waits or holds. Nothing waits inside the database, and what is asked for meanwhile is asked together.
 */
export class TurnLocks {
  private readonly held = new Set<string>();
  private asked: Asked[] = [];
  private given: string[] = [];
  private client: PoolClient | undefined;
  private isServing = false;
  /** Until work that asks for nothing says that it goes on. */
  private silence: NodeJS.Timeout | undefined;

  /** @param silenceMs how long the connection may be silent, in milliseconds, before the locks are another's */
  constructor(
    private readonly pool: Pick<Pool, 'connect'>,
    private readonly silenceMs = longestSilenceMs,
  ) {}

  has(name: string): boolean {
    return this.held.has(name);
  }

  /** False: another process has it. To be asked for by one at a time. @throws Error the database does not say */
  take(name: string): Promise<boolean> {
    return new Promise((answer, fail) => {
      this.asked.push({ name, answer, fail });
      this.serve();
    });
  }

  giveBack(name: string): void {
    if (!this.held.delete(name)) return;
    this.given.push(name);
    this.serve();
  }

  private serve(): void {
    if (this.isServing) return;
    this.isServing = true;
    clearTimeout(this.silence);
    void runForEverybody(() => this.rounds());
  }

  private async rounds(): Promise<void> {
    while (this.asked.length > 0 || this.given.length > 0) await this.round();
    this.isServing = false;
    if (this.held.size > 0) this.silence = setTimeout(this.showLife, this.silenceMs / 3).unref();
  }

  /** A process that works is not silent, however long its work takes: another one would begin beside it. */
  private readonly showLife = (): void => {
    const { client } = this;
    if (!client || this.isServing) return;
    this.isServing = true;
    void runForEverybody(async () => {
      // Where the session is lost the connection says so itself; an answer that is late takes no lock away.
      await client.query('SELECT 1').catch(() => undefined);
      await this.rounds();
    });
  };

  private async round(): Promise<void> {
    const { asked, given } = this;
    [this.asked, this.given] = [[], []];
    try {
      const client = (this.client ??= await this.connected());
      if (given.length > 0 && !(asked.length === 0 && this.isIdle())) await client.query(unlock, [given]);
      if (asked.length > 0) await this.lock(client, asked);
      if (this.isIdle()) await this.leave(client);
    } catch (fault) {
      this.lose(fault);
      // Whoever has been answered is past this.
      for (const { fail } of asked) fail(fault);
    }
  }

  private async lock(client: PoolClient, asked: readonly Asked[]): Promise<void> {
    const { rows } = await client.query<{ name: string; taken: boolean }>(lock, [asked.map(({ name }) => name), String(this.silenceMs)]);
    const taken = new Set(rows.filter((row) => row.taken).map(({ name }) => name));
    for (const name of taken) this.held.add(name);
    for (const { name, answer } of asked) answer(taken.has(name));
  }

  private isIdle(): boolean {
    return this.held.size === 0 && this.asked.length === 0 && this.given.length === 0;
  }

  /** Gives the connection back as it was. */
  private async leave(client: PoolClient): Promise<void> {
    await client.query('SELECT pg_advisory_unlock_all(); RESET idle_session_timeout');
    if (!this.isIdle() || client !== this.client) return;
    this.client = undefined;
    client.off('error', this.lose).release();
  }

  private async connected(): Promise<PoolClient> {
    return (await this.pool.connect()).on('error', this.lose);
  }

  /** Without the session there is no lock either; whoever works under one goes on, and stays alone in this process. */
  private readonly lose = (fault: unknown): void => {
    const { client } = this;
    this.client = undefined;
    clearTimeout(this.silence);
    this.held.clear();
    this.given = [];
    client?.off('error', this.lose).on('error', () => undefined);
    client?.release(fault instanceof Error ? fault : true);
  };
}

const lock = `SELECT name, pg_try_advisory_lock(hashtextextended(name, 0)) AS taken, set_config('idle_session_timeout', $2, false) FROM unnest($1::text[]) AS name`;
const unlock = 'SELECT pg_advisory_unlock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name';

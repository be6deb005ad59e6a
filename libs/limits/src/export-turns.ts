import type { Pool, PoolClient } from 'pg';

/**
 * Turns that everybody has only so many of at once, in all processes together. A process holds its own by locks of one session of the database, which it
 * has for as long as it has turns: they end with the process, however that ends.
 */
export class ExportTurns {
  /** Which of his turns somebody has in this process. */
  private readonly taken = new Map<string, Set<number>>();
  private session: Promise<PoolClient> | undefined;
  private last: Promise<unknown> = Promise.resolve();

  /** `onFault` hears of a session that was lost: its turns are anybody's then. */
  constructor(
    private readonly pool: Pick<Pool, 'connect'>,
    private readonly onFault: (fault: unknown) => void,
  ) {}

  /**
   * Takes a turn, and gives what gives it back; undefined where somebody has as many as he may.
   * @throws Error the database does not say
   */
  async take(subject: string, most: number): Promise<(() => void) | undefined> {
    const own = this.taken.get(subject) ?? new Set<number>();
    this.taken.set(subject, own);
    try {
      for (let turn = 0; turn < most; turn += 1) {
        // A session may take its own lock again, so what this process has is known here; it counts before the database was asked.
        if (own.has(turn)) continue;
        own.add(turn);
        if (await this.isLocked(subject, turn).catch((fault: unknown) => this.failed(own, turn, fault)))
          return once(() => void this.giveBack(subject, turn));
        own.delete(turn);
      }
      return undefined;
    } finally {
      this.leave(subject);
    }
  }

  /** Gives everything back: a pool ends when all of its connections are there. */
  close(): void {
    this.taken.clear();
    this.drop();
  }

  private async isLocked(subject: string, turn: number): Promise<boolean> {
    return this.ask((this.session ??= this.connected()), 'pg_try_advisory_lock', [subject, turn]);
  }

  private failed(own: Set<number>, turn: number, fault: unknown): never {
    own.delete(turn);
    throw fault;
  }

  private async giveBack(subject: string, turn: number): Promise<void> {
    const session = this.session;
    if (!this.taken.get(subject)?.delete(turn)) return;
    this.leave(subject, false);
    try {
      if (session) await this.ask(session, 'pg_advisory_unlock', [subject, turn]);
      this.leave(subject);
    } catch (fault) {
      // Without the session there is no lock either.
      this.onFault(fault);
      if (session === this.session) this.drop();
    }
  }

  /** A connection is asked one thing after another. */
  private ask(
    session: Promise<PoolClient>,
    what: 'pg_try_advisory_lock' | 'pg_advisory_unlock',
    [subject, turn]: readonly [string, number],
  ): Promise<boolean> {
    const asked = this.last.then(async () => {
      const client = await session;
      const { rows } = await client.query<{ said: boolean }>(`SELECT ${what}(${lock}) AS said`, [subject, String(turn)]);
      return rows[0]?.said === true;
    });
    this.last = asked.catch(() => undefined);
    return asked;
  }

  private leave(subject: string, mayRest = true): void {
    if (this.taken.get(subject)?.size === 0) this.taken.delete(subject);
    if (mayRest && this.taken.size === 0) this.rest();
  }

  /** Behind all that the session was asked, and where nobody has come by then. */
  private rest(): void {
    this.last = this.last.then(() => {
      if (this.taken.size === 0) this.drop();
    });
  }

  private async connected(): Promise<PoolClient> {
    try {
      const client = await this.pool.connect();
      client.on('error', this.lost);
      return client;
    } catch (fault) {
      this.session = undefined;
      throw fault;
    }
  }

  private readonly lost = (fault: unknown): void => {
    this.onFault(fault);
    this.drop();
  };

  /** Ends the session, and whatever lock it has. */
  private drop(): void {
    const { session } = this;
    this.session = undefined;
    void session?.then((client) => {
      client.release(true);
      client.off('error', this.lost).on('error', () => undefined);
    }, this.onFault);
  }
}

const lock = `hashtextextended('export ' || $1 || ' ' || $2, 0)`;

/** A turn that was given back may be somebody else's by now. */
function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

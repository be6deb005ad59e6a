import pg from 'pg';
import { messageOf, pause } from '../retry.js';
import type { EngineLogger } from './engine-logger.js';

/** How often the locks that others hold are tried again, and ours are shown to be alive, in milliseconds. */
const beatMs = 1000;
/** A session that stays silent this long (its process was stopped) loses its locks: the server ends it. */
const silenceMs = 5000;

/**
 * Session locks on a connection of its own: of several processes one works, the others stand by and try again every second.
 * They come in tiers: who holds all of one asks for the next, so that two who start together never hold half each.
 * When the connection is lost, so are the locks, and `changed` is told at once.
 */
export class WorkerLocks {
  private readonly mine = new Set<string>();
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private closed = false;
  /** Why there is no connection, if there is none. */
  failure: string | undefined;

  constructor(
    private readonly connection: pg.ClientConfig,
    private readonly tiers: readonly (readonly string[])[],
    private readonly changed: () => void,
    private readonly logger: EngineLogger,
  ) {}

  get held(): ReadonlySet<string> {
    return this.mine;
  }

  /** Tries once, and then every second until closed. */
  async start(): Promise<void> {
    await this.beat();
    if (this.closed) return;
    this.timer = setInterval(() => void this.beat(), beatMs);
  }

  /** Gives all locks back. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.beating;
    const client = this.client;
    this.lost();
    // A connection that went dead never says goodbye.
    if (client) await Promise.race([client.end().catch(() => undefined), pause(1000)]);
  }

  private beat(): Promise<void> {
    this.beating ??= this.tryAll()
      .catch((error: unknown) => {
        this.failure = messageOf(error);
        this.logger.warn({ err: error }, 'the worker locks cannot be reached');
        this.lost();
      })
      .finally(() => (this.beating = undefined));
    return this.beating;
  }

  private async tryAll(): Promise<void> {
    const client = this.client ?? (await this.connect());
    // Also shows the server that this session is alive.
    await client.query('select');
    for (const tier of this.tiers) {
      const wanted = tier.filter((name) => !this.mine.has(name));
      if (wanted.length === 0) continue;
      const { rows } = await client.query<{ name: string; got: boolean }>(
        `select name, pg_try_advisory_lock(hashtextextended('millwright worker ' || name, 0)) as got from unnest($1::text[]) as name`,
        [wanted],
      );
      if (client !== this.client) return; // lost meanwhile, and with it what it had just got
      const got = rows.filter((row) => row.got);
      for (const { name } of got) this.mine.add(name);
      if (got.length > 0) this.changed();
      if (got.length < wanted.length) break;
    }
    this.failure = undefined;
  }

  /** Whether all of the first tiers are held. */
  holds(tiers: number): boolean {
    return this.tiers.slice(0, tiers).every((tier) => tier.every((name) => this.mine.has(name)));
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...this.connection, keepAlive: true, connectionTimeoutMillis: silenceMs, query_timeout: silenceMs });
    const drop = (): void => {
      if (this.client === client) this.lost();
    };
    client.on('error', drop).on('end', drop);
    await client.connect();
    await client.query(`set idle_session_timeout = ${silenceMs}`);
    this.client = client;
    return client;
  }

  private lost(): void {
    const client = this.client;
    this.client = undefined;
    client?.end().catch(() => undefined);
    if (this.mine.size === 0) return;
    this.mine.clear();
    this.changed();
  }
}

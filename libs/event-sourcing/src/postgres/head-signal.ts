import { Client } from 'pg';
import type { Position } from '../event.js';
import { backoffMs, logConnection } from './connection.js';
import { logChannel } from './log-schema.js';

/** What a reader knew before it looked: whatever came since ends its wait. */
export type Mark = Readonly<{ alarms: number; head: Position }>;

/**
 * Tells readers how far the log has moved: at once for appends of this process, by LISTEN for those of others.
 * It is a hint only; readers also look by themselves now and then.
 */
export class HeadSignal {
  private head: Position = 0n;
  /** How often something may have happened that nobody told of. */
  private alarms = 0;
  private readonly sleepers = new Set<() => void>();
  private listeners = 0;
  private client: Client | undefined;
  private closed = false;
  private retry: NodeJS.Timeout | undefined;

  constructor(private readonly url: string) {}

  /** An append is heard of twice, from itself and from the database, and wakes the readers once. */
  moved(head: Position): void {
    if (head <= this.head) return;
    this.head = head;
    this.wake();
  }

  /** Taken before reading. Who has read further than the signal has heard of says so, and is not woken for what it knows. */
  mark(): Mark {
    return { alarms: this.alarms, head: this.head };
  }

  /** Waits until the log moved after the mark, the time is over, or the signal aborts. */
  async after(mark: Mark, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.alarms !== mark.alarms || this.head > mark.head || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.sleepers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Keeps a listening connection for as long as somebody subscribes. */
  listen(): () => void {
    this.listeners += 1;
    if (this.listeners === 1) this.connect(0);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.listeners -= 1;
      if (this.listeners === 0) this.disconnect();
    };
  }

  close(): void {
    this.closed = true;
    this.disconnect();
    this.wake();
  }

  private wake(): void {
    for (const wake of [...this.sleepers]) wake();
  }

  private connect(failures: number): void {
    // No answer is expected on an idle listening connection, so it has no time limit for queries; keepalives find a dead peer.
    const client = new Client({ ...logConnection(this.url, 'millwright log listener'), query_timeout: undefined });
    this.client = client;
    let lost = false;
    const again = (): void => {
      if (lost || this.client !== client) return;
      lost = true;
      this.client = undefined;
      client.end().catch(() => undefined);
      if (this.closed || this.listeners === 0) return;
      this.retry = setTimeout(() => this.connect(failures + 1), backoffMs(failures + 1, 1_000));
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', ({ payload = '' }) => this.moved(/^\d{1,19}$/.test(payload) ? BigInt(payload) : 0n));
    client
      .connect()
      .then(() => client.query(`listen ${logChannel}`))
      .then(() => {
        failures = 0;
        // Something may have been appended while nobody listened.
        this.alarms += 1;
        this.wake();
      })
      .catch(again);
  }

  private disconnect(): void {
    clearTimeout(this.retry);
    const client = this.client;
    this.client = undefined;
    client?.end().catch(() => undefined);
  }
}

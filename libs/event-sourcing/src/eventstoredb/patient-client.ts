import { EventStoreDBClient } from '@eventstore/db-client';
import { failureOf } from './failures.js';
import { atMostASecond } from './patience.js';

/** The server behind a client took calls and answered none for so long: whether they did anything there is not known. */
export class ServerFellSilent extends Error {
  constructor(milliseconds: number) {
    super(`EventStoreDB has answered nothing for ${milliseconds} ms; another connection is tried`);
    this.name = 'ServerFellSilent';
  }
}

/** A client, and what ends each of its running calls. */
type Calls = Readonly<{ client: EventStoreDBClient; running: Set<(error: Error) => void> }>;

/**
 * The client, replaced by a new one when its server answers nothing for some time although it is asked. A client leaves a server that refuses
 * it, but never one that is frozen and still accepts connections; a new client asks the cluster anew who leads.
 */
export class PatientClient {
  private calls: Calls;
  /** Since when, in milliseconds since 1970, somebody asks and nothing is heard. */
  private silentSince: number | undefined;
  /** When this client was opened or last heard of its server. */
  private lastSign = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private readonly left = new Set<Promise<void>>();

  constructor(
    private readonly address: string,
    /** Milliseconds. */
    private readonly patience: number,
    private readonly onReplaced: (error: ServerFellSilent) => void = () => undefined,
  ) {
    this.calls = this.open();
  }

  /**
   * Makes a call. `heard` is to be called for each sign of life before its end.
   * @throws what the call throws, and ServerFellSilent
   */
  async call<Answer>(make: (client: EventStoreDBClient, heard: () => void) => Promise<Answer>): Promise<Answer> {
    this.watch();
    this.silentSince ??= Date.now();
    const { client, running } = this.calls;
    let giveUp: (error: Error) => void = () => undefined;
    try {
      const answer = await new Promise<Answer>((resolve, reject) => {
        running.add((giveUp = reject));
        make(client, () => this.heard(client)).then(resolve, reject);
      });
      this.heard(client);
      return answer;
    } catch (error) {
      if (isAnswer(error)) this.heard(client);
      throw error;
    } finally {
      running.delete(giveUp);
    }
  }

  /** Another connection has found the server silent: unless this one knows better, it leaves too, before somebody has to wait for that. */
  suspect(): void {
    if (Date.now() - this.lastSign >= this.patience) this.replace();
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    await Promise.all([...this.left, release(this.calls.client)]);
  }

  private heard(from: EventStoreDBClient): void {
    if (from !== this.calls.client) return;
    this.lastSign = Date.now();
    this.silentSince = this.calls.running.size > 1 ? Date.now() : undefined;
  }

  /** Looks again when patience may be over, as long as somebody waits. */
  private watch(): void {
    if (this.timer !== undefined) return;
    const silence = Date.now() - (this.silentSince ?? Date.now());
    if (silence >= this.patience) this.replace();
    const again = (): void => {
      this.timer = undefined;
      if (this.calls.running.size > 0) this.watch();
    };
    // What arrived while this process was busy is read before anybody is judged.
    this.timer = setTimeout(() => setImmediate(again), silence >= this.patience ? this.patience : this.patience - silence).unref();
  }

  private replace(): void {
    const { client, running } = this.calls;
    this.calls = this.open();
    this.silentSince = undefined;
    this.lastSign = Date.now();
    const error = new ServerFellSilent(this.patience);
    for (const giveUp of running) giveUp(error);
    this.onReplaced(error);
    const leaving = release(client).finally(() => this.left.delete(leaving));
    this.left.add(leaving);
  }

  private open(): Calls {
    return { client: EventStoreDBClient.connectionString(this.address), running: new Set() };
  }
}

/** A refusal is an answer too; only a server that leads can give it. */
function isAnswer(error: unknown): boolean {
  const failure = failureOf(error);
  return failure !== 'unknown outcome' && failure !== 'not sent' && failure !== 'not leader';
}

/**
 * `dispose` ends the calls but leaves the connection open; its channel is reached through the client's own (protected) accessor.
 * A client that still looks for its cluster is left to itself after a second: nobody can stop before that otherwise.
 */
export async function release(client: EventStoreDBClient): Promise<void> {
  await atMostASecond(client.dispose().then(async () => (await client['getChannel']()).close()));
}

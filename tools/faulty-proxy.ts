import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

type Pair = { client: Socket; server: Socket };
type Target = Readonly<{ host: string; port: number }>;
type Cut = Readonly<{ where: 'before the request' | 'before the reply'; matches: (request: Buffer) => boolean; done: () => void }>;

/** A TCP proxy between a client and its server that fails on demand, in the ways networks do. */
export class FaultyProxy {
  private readonly pairs = new Set<Pair>();
  private mode: 'pass' | 'black hole' | 'refuse' = 'pass';
  private delayMs = 0;
  private cut: Cut | undefined;
  private resetAfterBytes = Number.POSITIVE_INFINITY;

  private constructor(
    private readonly target: Target,
    private readonly listener: Server,
  ) {
    listener.on('connection', (client) => this.accept(client));
  }

  static async start(target: Target): Promise<FaultyProxy> {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return new FaultyProxy(target, listener);
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** Heals everything, for connections that still stand and for new ones; a cut that has not happened yet never will. */
  pass(): void {
    this.mode = 'pass';
    this.cut = undefined;
    this.delayMs = 0;
    this.resetAfterBytes = Number.POSITIVE_INFINITY;
  }

  /** Swallows all bytes in both directions; connections stay open. What was swallowed never arrives. */
  blackHole(): void {
    this.mode = 'black hole';
  }

  /** Resets all connections and every new one, like a server that is down. */
  refuse(): void {
    this.mode = 'refuse';
    for (const pair of this.pairs) this.reset(pair);
  }

  /** Every packet travels that much longer. */
  delay(milliseconds: number): void {
    this.delayMs = milliseconds;
  }

  /** Resets a connection once the server has sent that many bytes on it from now on. */
  resetAfter(bytes: number): void {
    this.resetAfterBytes = bytes;
  }

  /** The next matching request never reaches the server; its connection is reset. Resolves when that has happened. */
  cutBeforeRequest(matches: (request: Buffer) => boolean = () => true): Promise<void> {
    return this.expectCut('before the request', matches);
  }

  /** The next matching request reaches the server, which answers it (after its COMMIT); the answer is swallowed and the connection reset. */
  cutBeforeReply(matches: (request: Buffer) => boolean = () => true): Promise<void> {
    return this.expectCut('before the reply', matches);
  }

  async close(): Promise<void> {
    for (const pair of this.pairs) this.reset(pair);
    await new Promise((resolve) => this.listener.close(resolve));
  }

  private expectCut(where: Cut['where'], matches: Cut['matches']): Promise<void> {
    return new Promise((done) => {
      this.cut = { where, matches, done };
    });
  }

  private accept(client: Socket): void {
    const pair: Pair = { client, server: connect({ ...this.target, noDelay: true }) };
    client.setNoDelay(true);
    this.pairs.add(pair);
    let due: Cut | undefined;
    let replied = 0;
    for (const socket of [pair.client, pair.server]) {
      socket.on('error', () => this.reset(pair));
      socket.on('close', () => this.reset(pair));
    }
    pair.client.on('data', (chunk) => {
      const { cut } = this;
      if (cut?.matches(chunk)) {
        this.cut = undefined;
        if (cut.where === 'before the request') return this.finish(cut, pair);
        due = cut;
      }
      this.forward(chunk, pair.server);
    });
    pair.server.on('data', (chunk) => {
      if (due) return this.finish(due, pair);
      replied += chunk.length;
      this.forward(chunk, pair.client);
      if (replied >= this.resetAfterBytes) this.reset(pair);
    });
    if (this.mode === 'refuse') this.reset(pair);
  }

  private forward(chunk: Buffer, to: Socket): void {
    if (this.mode === 'black hole') return;
    if (this.delayMs > 0) setTimeout(() => to.write(chunk), this.delayMs);
    else to.write(chunk);
  }

  private finish(cut: Cut, pair: Pair): void {
    this.reset(pair);
    cut.done();
  }

  private reset(pair: Pair): void {
    this.pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.destroy();
  }
}

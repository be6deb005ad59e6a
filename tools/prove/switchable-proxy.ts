import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** `pass` forwards; `refuse` closes every connection at once, as when nobody listens; `swallow` takes everything and never answers, as a dead network does. */
export type ProxyMode = 'pass' | 'refuse' | 'swallow';

/** A TCP proxy between two processes that can be broken and mended while they run. */
export class SwitchableProxy {
  private mode: ProxyMode = 'pass';
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(port: number): Promise<SwitchableProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new SwitchableProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => proxy.accept(client, port));
    return proxy;
  }

  /** Connections that are open now meet the new mode too: refused ones are reset, swallowed ones fall silent. */
  switchTo(mode: ProxyMode): void {
    this.mode = mode;
    // Also when mending: what was swallowed is lost, so its connection must not go on as if nothing had happened.
    if (mode !== 'swallow') for (const socket of this.open) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket, port: number): void {
    if (this.mode === 'refuse') return void client.resetAndDestroy();
    const target = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      this.open.add(from);
      from.on('data', (chunk) => (this.mode === 'pass' ? to.write(chunk) : undefined));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.open.delete(from);
        to.destroy();
      });
    }
  }
}

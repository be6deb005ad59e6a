import { BlockList, isIP, isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';

/** Every request of a connection asks again what its address is. */
const mostRemembered = 10_000;

/** Proxies whose word counts about where a request came from; anybody else could say whatever he likes. */
export class TrustedProxies {
  private readonly list = new BlockList();
  /** By the address of a socket, where nothing was forwarded. */
  private readonly direct = new LRUCache<string, string>({ max: mostRemembered });

  /** Addresses and networks (`10.0.0.0/8`). */
  constructor(texts: readonly string[] = []) {
    for (const text of texts) this.add(text);
  }

  /**
   * Whose calls are counted together (S14): of the socket's address, or, where that is a trusted proxy's, of the last hop of `X-Forwarded-For` that is none.
   * @returns an IPv4 address, or the /64 of an IPv6 address
   */
  addressOf(socket: string, forwardedFor: string | undefined): string {
    if (forwardedFor === undefined) return this.directly(socket);
    let address = plain(socket);
    if (!this.has(address)) return networkOf(address);
    for (const hop of forwardedFor.split(',').reverse()) {
      const said = plain(hop.trim());
      // What is no address was not written by a proxy of ours: the one before it is the last that is known.
      if (isIP(said) === 0) break;
      address = said;
      if (!this.has(address)) break;
    }
    return networkOf(address);
  }

  private directly(socket: string): string {
    const known = this.direct.get(socket);
    if (known !== undefined) return known;
    const address = networkOf(plain(socket));
    this.direct.set(socket, address);
    return address;
  }

  private add(text: string): void {
    const [network = '', prefix] = text.split('/');
    const address = plain(network);
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) this.list.addAddress(address, family);
    else this.list.addSubnet(address, Number(prefix), family);
  }

  private has(address: string): boolean {
    const kind = isIP(address);
    return kind !== 0 && this.list.check(address, kind === 4 ? 'ipv4' : 'ipv6');
  }
}

/** Without a port, brackets or zone, and an IPv4 address as such also where a socket of IPv6 shows it. */
function plain(text: string): string {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return (/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare).replace(/%.*$/, '');
}

/** An IPv4 address, or the /64 of an IPv6 address: whoever has one has all of them. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const whole = tail === undefined ? groups : [...groups, ...Array<string>(8 - groups.length - after.length).fill('0'), ...after];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

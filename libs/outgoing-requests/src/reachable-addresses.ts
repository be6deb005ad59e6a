import { BlockList, isIP, isIPv6 } from 'node:net';

/** What of IPv4 is nobody's on the public Internet (IANA's registry of special-purpose addresses, multicast, and what is reserved). */
const notPublic = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];

/** Only this of IPv6 was ever given out, and of it the second list is tunnels, documentation and other special purposes. */
const given = ['2000::/3'];
const special = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Says which addresses may be asked for what others have named: public ones, and those that the installation allows (contract, part 7, section 2). */
export class ReachableAddresses {
  private readonly allowed: BlockList;
  private readonly notPublic = listOf(notPublic);
  private readonly given = listOf(given);
  private readonly special = listOf(special);

  /** @param allowed addresses (`192.0.2.7`, `::1`) and networks (`10.0.0.0/8`) */
  constructor(allowed: readonly string[] = []) {
    this.allowed = listOf(allowed);
    this.allowsAny = allowed.length > 0;
  }

  /** Whether there is anything that is not public and may be reached. */
  readonly allowsAny: boolean;

  /** Whether it was named by the installation: it may then be asked without encryption, too. */
  isAllowed(address: string): boolean {
    return has(this.allowed, address);
  }

  /** False for what is no address at all. */
  isReachable(address: string): boolean {
    if (isIP(address) === 0) return false;
    if (this.isAllowed(address)) return true;
    // An IPv4 address in the clothes of an IPv6 one was never given out as such.
    return isIPv6(address) ? has(this.given, address) && !has(this.special, address) : !has(this.notPublic, address);
  }
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

const has = (list: BlockList, address: string): boolean => list.check(address, familyOf(address));

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

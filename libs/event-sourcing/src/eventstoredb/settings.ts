import { createRequire } from 'node:module';

/** How to reach EventStoreDB. Nothing here is read from the environment. */
export type EventStoreDbLogOptions = Readonly<{
  /** `esdb://user:password@host:2113?tls=true`, several hosts with commas, or `esdb+discover://`. */
  url: string;
  /** Stands before every stream name, so that installations (and test runs) can share a server. No installation's prefix may begin another's. */
  prefix?: string;
  /** Milliseconds an append may take altogether when the caller names no deadline. */
  appendTimeout?: number;
  /** Milliseconds of one try, after which it is made again with the same event ids. */
  attemptTimeout?: number;
  /** Milliseconds a read may stay without any progress. */
  readTimeout?: number;
  /** Milliseconds an event that the log has may be missing from a live subscription before that is taken up anew. */
  stallTimeout?: number;
  /** Milliseconds without any answer, while one is awaited, after which the server is left: another connection asks anew who leads. */
  silenceTimeout?: number;
  /** Told of each lost subscription and each failed attempt to take it up again; for log lines and metrics. */
  onTrouble?: (error: unknown) => void;
}>;

export type Credentials = Readonly<{ username: string; password: string }>;

/** An address as this program uses it. */
export type EventStoreDbAddress = Readonly<{
  /** For the client: without credentials, which it writes into its warnings, and with our own times for finding a cluster. */
  reachable: string;
  credentials: Credentials;
  /** For a client whose calls name no credentials: with them in it, where the connection is such that they are sent. */
  identified: string;
  hosts: readonly Readonly<{ address: string; port: number }>[];
}>;

/** The address of an EventStoreDB cannot be used; the message says why in a sentence, and repeats nothing that may be secret. */
export class UnusableAddress extends Error {
  constructor(reason: string) {
    super(`the address of EventStoreDB ${reason}`);
    this.name = 'UnusableAddress';
  }
}

/** Never sent: the client keeps credentials off connections without TLS. They are given because only they select its classic append call. */
const placeholder: Credentials = { username: 'none', password: 'none' };

/** What the client's parser makes of an address. */
type Parsed = Readonly<{
  hosts: readonly Readonly<{ address: string; port: number }>[];
  dnsDiscover: boolean;
  tls?: boolean;
  throwOnAppendFailure?: boolean;
}> &
  Readonly<Record<string, unknown>>;

const scheme = /^esdb(?:\+discover)?:\/\//;
/** What the client takes for credentials. */
const userInformation = /^(esdb(?:\+discover)?:\/\/)([^:]+:[^@]+)@/;

/**
 * How a cluster is looked for, where the address does not say: a member that is frozen or gone costs one second (the client's 5 s are too long
 * for who waits meanwhile), and a search that finds nobody is given up soon, for it cannot be stopped.
 */
const search = { gossipTimeout: 1, maxDiscoverAttempts: 3 };

/**
 * Reads an address as the client reads it, with the client's own parser: one host or several, `esdb+discover://`, and its options.
 * TLS without credentials is refused: the server would refuse every call anyway, later and less clearly.
 * @throws UnusableAddress
 */
export function addressOf(url: string): EventStoreDbAddress {
  const whole = url.trim();
  if (!scheme.test(whole)) throw new UnusableAddress('must look like esdb://user:password@host:2113?tls=true');
  const bare = whole.replace(userInformation, '$1').replace(/\/+(?=\?|$)/, '');
  const address = parsed(bare);
  const { hosts, dnsDiscover, tls = true, throwOnAppendFailure = true } = address;
  if (hosts.some((host) => host.address.includes('@')))
    throw new UnusableAddress('has a name without a password, or an @ in one of them (write it as %40)');
  if (!throwOnAppendFailure) throw new UnusableAddress('says throwOnAppendFailure=false, which hides conflicts');
  const credentials = credentialsIn(whole);
  if (tls && !credentials)
    throw new UnusableAddress('needs credentials for TLS (esdb://user:password@…), or says tls=false on a trusted network');
  const added = dnsDiscover || hosts.length > 1 ? Object.entries(search).filter(([name]) => address[name] === undefined) : [];
  const complete = (text: string): string =>
    added.reduce((before, [name, value]) => `${before}${before.includes('?') ? '&' : '?'}${name}=${value}`, text);
  return {
    reachable: complete(bare),
    identified: complete(tls ? withoutWarnings(whole.replace(/\/+(?=\?|$)/, '')) : bare),
    credentials: credentials ?? placeholder,
    hosts,
  };
}

/** Beside this option, which has no effect on it, the client prints the whole address, password and all. */
const withoutWarnings = (address: string): string => address.replace(/([?&])tls_?verify_?cert=[^&]*&?/i, '$1').replace(/[?&]$/, '');

function credentialsIn(url: string): Credentials | undefined {
  const pair = userInformation.exec(url)?.[2]?.split(':');
  if (pair === undefined) return undefined;
  const [username = '', password = '', ...more] = pair;
  if (more.length > 0) throw new UnusableAddress('has a colon in its password; write it as %3A');
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw new UnusableAddress('has a % in its password that begins no escape; write it as %25');
  }
}

/** Loaded when an address is read: most installations never need the client. */
const load = createRequire(import.meta.url);

function parsed(text: string): Parsed {
  const parser = load('@eventstore/db-client/dist/Client/parseConnectionString.js') as { parseConnectionString(text: string): Parsed };
  let address: Parsed;
  try {
    address = parser.parseConnectionString(text);
  } catch (error) {
    throw new UnusableAddress(`cannot be read: expected ${(error as { expected?: string }).expected ?? 'something else'}`);
  }
  const known = Object.keys(address).filter((key) => key !== 'hosts' && key !== 'dnsDiscover');
  const options = text.split('?')[1]?.split('&') ?? [];
  if (known.length < options.length) throw new UnusableAddress('has an option twice, or one that clients of EventStoreDB do not know');
  return address;
}

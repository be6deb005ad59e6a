import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, fetch as send, type RequestInit, type Response } from 'undici';
import type { ReachableAddresses } from './reachable-addresses.js';

/** In milliseconds: to be connected, to be answered, and between two parts of an answer. */
const patience = { connect: { timeout: 5_000 }, headersTimeout: 10_000, bodyTimeout: 10_000 };
const longestAnswerBytes = 1_000_000;

/** There was no answer: nobody is there, he takes too long, or he must not be asked. What was sent is in no part of it. */
export class RequestFailed extends Error {
  constructor(
    readonly reason: 'not allowed' | 'no answer',
    cause?: unknown,
  ) {
    super(reason === 'not allowed' ? 'this address must not be asked' : 'nobody has answered', { cause });
    this.name = 'RequestFailed';
  }
}

/**
 * Asks what others have named, and nobody who should not be asked: the address is judged when it is connected to, so that a name that leads elsewhere by
 * then gains nothing, and a redirect is never followed. Without encryption only such addresses are asked as the installation allows.
 */
export class OutgoingRequests {
  private readonly encrypted: Agent;
  private readonly plain: Agent;

  constructor(private readonly addresses: ReachableAddresses) {
    this.encrypted = agentFor((address) => addresses.isReachable(address));
    this.plain = agentFor((address) => addresses.isAllowed(address));
  }

  /** As the standard's `fetch`. @throws RequestFailed */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const { protocol } = this.requireAllowed(url);
    try {
      return await send(url, { ...init, redirect: 'manual', dispatcher: protocol === 'https:' ? this.encrypted : this.plain });
    } catch (failure) {
      throw new RequestFailed(causedBy(failure, 'not allowed') ? 'not allowed' : 'no answer', failure);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.encrypted.destroy(), this.plain.destroy()]);
  }

  /** An address that is written as such is looked up by nobody, so it is judged here. */
  private requireAllowed(text: string): URL {
    const url = new URL(text);
    const { protocol, hostname, username, password } = url;
    const address = hostname.replace(/^\[(.*)\]$/, '$1');
    const mayBe = protocol === 'https:' ? this.addresses.isReachable(address) : protocol === 'http:' && this.addresses.isAllowed(address);
    const isWeb = protocol === 'https:' || protocol === 'http:';
    if (!isWeb || username !== '' || password !== '' || (isIP(address) !== 0 && !mayBe)) throw new RequestFailed('not allowed');
    return url;
  }
}

const agentFor = (isReachable: (address: string) => boolean): Agent =>
  new Agent({ ...patience, connect: { ...patience.connect, lookup: lookupOf(isReachable) }, maxResponseSize: longestAnswerBytes });

/** Looks names up, and finds of their addresses only those that may be reached. */
function lookupOf(isReachable: (address: string) => boolean): LookupFunction {
  return (hostname, options, found) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return found(error, []);
      const reachable = addresses.filter(({ address }) => isReachable(address));
      const [first] = reachable;
      if (!first) return found(new RequestFailed('not allowed'), []);
      if (options.all) return found(null, reachable);
      found(null, first.address, first.family);
    });
  };
}

function causedBy(failure: unknown, reason: RequestFailed['reason']): boolean {
  for (let one = failure; one instanceof Error; one = one.cause) if (one instanceof RequestFailed && one.reason === reason) return true;
  return false;
}

import { EventStoreDBClient } from '@eventstore/db-client';
import { addressOf, UnusableAddress } from './settings.js';

/** What the client prints meanwhile. */
function warningsDuring(work: () => void): string {
  const { warn } = console;
  const warned: unknown[] = [];
  console.warn = (...words: unknown[]) => warned.push(words);
  try {
    work();
  } finally {
    console.warn = warn;
  }
  return JSON.stringify(warned);
}

describe('the address of an EventStoreDB', () => {
  it.each([
    ['esdb://127.0.0.1:2113?tls=false', ['127.0.0.1:2113']],
    ['esdb://events?tls=false', ['events:2113']],
    ['esdb://events:2113/?tls=false', ['events:2113']],
    ['esdb://user:password@node1:2113,node2:2113,node3:2113?tls=true', ['node1:2113', 'node2:2113', 'node3:2113']],
    ['esdb://user:password@node1,node2:2114,node3', ['node1:2113', 'node2:2114', 'node3:2113']],
    ['esdb+discover://user:password@cluster.example:2113?tls=true&tlsCAFile=%2Fetc%2Fca.pem', ['cluster.example:2113']],
    ['esdb://node1:2113,node2:2113?TLS=false&node_preference=leader', ['node1:2113', 'node2:2113']],
  ])('%s is read as its client reads it', (url, hosts) =>
    expect(addressOf(url).hosts.map(({ address, port }) => `${address}:${port}`)).toEqual(hosts),
  );

  it('keeps its credentials to itself, for the client writes addresses into its warnings', () => {
    const { reachable, credentials } = addressOf('esdb://mill:p%40ss%3Aword%25@node1:2113?tls=true');
    expect(credentials).toEqual({ username: 'mill', password: 'p@ss:word%' });
    expect(reachable).toBe('esdb://node1:2113?tls=true');
  });

  it.each(['?tlsVerifyCert=false&tls=true', '?tls=true&tls_verify_cert=false', '?tls=true&tlsVerifyCert=false&gossipTimeout=3'])(
    'has a client that is to know who it is print nothing of it, with %s',
    (options) => {
      const { identified, reachable } = addressOf(`esdb://mill:secret@node1:2113${options}`);
      expect(warningsDuring(() => void EventStoreDBClient.connectionString(identified))).toBe('[]');
      expect(identified).toContain('mill:secret@node1:2113?');
      expect(reachable).not.toContain('secret');
    },
  );

  it('gives up soon on a member of a cluster that does not answer, unless it says how long to wait', () => {
    expect(addressOf('esdb://a,b?tls=false').reachable).toBe('esdb://a,b?tls=false&gossipTimeout=1&maxDiscoverAttempts=3');
    expect(addressOf('esdb+discover://a?tls=false&gossipTimeout=7').reachable).toBe(
      'esdb+discover://a?tls=false&gossipTimeout=7&maxDiscoverAttempts=3',
    );
    expect(addressOf('esdb://a?tls=false').reachable).toBe('esdb://a?tls=false');
  });

  it.each([
    ['postgres://127.0.0.1/x', 'must look like esdb://user:password@host:2113?tls=true'],
    ['esdb://127.0.0.1:2113', 'needs credentials for TLS (esdb://user:password@…), or says tls=false on a trusted network'],
    ['esdb://a:2113,:x?tls=false', 'cannot be read: expected port number'],
    ['esdb://a,,b?tls=false', 'cannot be read: expected ?key=value'],
    ['esdb://a?tls=maybe', 'cannot be read: expected true or false'],
    ['esdb://a?tls=false&throwOnAppendFailure=false', 'says throwOnAppendFailure=false, which hides conflicts'],
    ['esdb://mill:p:word@a?tls=true', 'has a colon in its password; write it as %3A'],
    ['esdb://mill:p@word@a?tls=true', 'has a name without a password, or an @ in one of them (write it as %40)'],
    ['esdb://mill:100%@a?tls=true', 'has a % in its password that begins no escape; write it as %25'],
    ['esdb://mill@a?tls=true', 'has a name without a password, or an @ in one of them (write it as %40)'],
  ])('%s cannot be used, and is told why without its password', (url, reason) =>
    expect(() => addressOf(url)).toThrow(new UnusableAddress(reason)),
  );

  it('with an option that nobody knows is not used without it', () => {
    const warned = warningsDuring(() =>
      expect(() => addressOf('esdb://mill:secret@a?tls=true&tlsCaFlie=ca.pem')).toThrow(
        new UnusableAddress('has an option twice, or one that clients of EventStoreDB do not know'),
      ),
    );
    expect(warned).not.toContain('secret');
  });
});

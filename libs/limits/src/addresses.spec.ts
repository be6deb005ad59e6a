import { TrustedProxies } from './addresses.js';

describe('whose calls are counted together', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is of %s', (address, network) => {
    expect(new TrustedProxies().addressOf(address, undefined)).toBe(network);
  });
});

describe('what proxies say', () => {
  const proxies = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);

  it.each([
    ['is believed of one that is trusted', '127.0.0.1', '192.0.2.7', '192.0.2.7'],
    ['is not believed of anybody else', '198.51.100.1', '192.0.2.7', '198.51.100.1'],
    ['is believed up to the last hop that is not trusted', '127.0.0.1', '203.0.113.9, 192.0.2.7, 10.1.2.3', '192.0.2.7'],
    ['may be proxies only', '127.0.0.1', '10.9.9.9,10.1.2.3', '10.9.9.9'],
    ['ends where it is no address', '127.0.0.1', '192.0.2.7, unknown, 10.1.2.3', '10.1.2.3'],
    ['may be nothing', '127.0.0.1', '', '127.0.0.1'],
    ['may name ports and IPv6', 'fd12::1', '[2001:db8:1:2::9]:4711', '2001:db8:1:2::/64'],
    ['may be said through a socket of IPv6', '::ffff:127.0.0.1', '192.0.2.7:80', '192.0.2.7'],
  ])('%s', (_, socket, forwardedFor, address) => expect(proxies.addressOf(socket, forwardedFor)).toBe(address));
});

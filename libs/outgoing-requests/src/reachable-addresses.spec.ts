import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OutgoingRequests } from './outgoing-requests.js';
import { ReachableAddresses } from './reachable-addresses.js';

describe('an address', () => {
  const addresses = new ReachableAddresses();

  it.each(['93.184.216.34', '1.1.1.1', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'])(
    'of the public Internet may be reached: %s',
    (address) => {
      expect(addresses.isReachable(address)).toBe(true);
      expect(addresses.isAllowed(address)).toBe(false);
    },
  );

  it.each([
    ...[
      '127.0.0.1',
      '10.1.2.3',
      '172.31.255.255',
      '192.168.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '255.255.255.255',
      '224.0.0.1',
    ],
    ...[
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      'ff02::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2001:db8::1',
    ],
    ...['localhost', ''],
  ])('that is not public may not be reached: %s', (address) => {
    expect(addresses.isReachable(address)).toBe(false);
  });

  it('that the installation names may be reached, and its neighbours may not', () => {
    const some = new ReachableAddresses(['127.0.0.1', '10.0.0.0/8', '::1']);
    for (const address of ['127.0.0.1', '10.200.0.1', '::1', '::ffff:10.0.0.1'])
      expect([address, some.isReachable(address)]).toEqual([address, true]);
    for (const address of ['127.0.0.2', '11.0.0.1', '::2']) expect([address, some.isAllowed(address)]).toEqual([address, false]);
    expect(some.isReachable('127.0.0.2')).toBe(false);
  });
});

describe('a request', () => {
  let server: Server;
  let port: number;
  let asked: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/elsewhere') return void response.writeHead(302, { location: '/' }).end();
      if (request.url === '/long') return void response.end('x'.repeat(1_000_001));
      response.end('here');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => void (asked = []));

  const using = async <T>(allowed: readonly string[], work: (requests: OutgoingRequests) => Promise<T>): Promise<T> => {
    const requests = new OutgoingRequests(new ReachableAddresses(allowed));
    return work(requests).finally(() => requests.close());
  };

  it('reaches nobody who is not allowed, be he called by his address or by a name', () =>
    using([], async (requests) => {
      for (const host of ['127.0.0.1', 'localhost', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433'])
        for (const protocol of ['http', 'https'])
          await expect(requests.send(`${protocol}://${host}:${port}/`)).rejects.toMatchObject({
            name: 'RequestFailed',
            reason: 'not allowed',
          });
      for (const url of ['file:///etc/hostname', `http://ann:secret@127.0.0.1:${port}/`])
        await expect(requests.send(url)).rejects.toMatchObject({ reason: 'not allowed' });
      expect(asked).toEqual([]);
    }));

  it('reaches who is allowed, and does not follow him elsewhere, nor listen without end', () =>
    using(['127.0.0.1'], async (requests) => {
      for (const host of ['127.0.0.1', 'localhost']) expect(await (await requests.send(`http://${host}:${port}/`)).text()).toBe('here');
      expect((await requests.send(`http://127.0.0.1:${port}/elsewhere`)).status).toBe(302);
      expect(asked).toEqual(['/', '/', '/elsewhere']);
      await expect(requests.send(`http://127.0.0.1:${port}/long`).then((answer) => answer.text())).rejects.toThrow();
      await expect(requests.send('http://127.0.0.1:1/')).rejects.toMatchObject({ reason: 'no answer' });
    }));
});

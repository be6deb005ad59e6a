import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { HttpAdapter } from '../http/index.js';
import { closeDoors, listenAt } from './listening.js';

/** All that is answered to a text. */
const answered = (port: number, host: string, sent: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, host).setEncoding('utf8');
    socket.on('data', (text: string) => (answer += text)).on('close', () => resolve(answer)).on('error', reject); // prettier-ignore
    socket.write(sent);
  });

const server = new HttpAdapter().getInstance();
afterAll(() => server.close());

/** A machine without IPv6 has another address of its own all the same. */
const second = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1')) ? '::1' : '127.0.0.2';

describe('a server at localhost', () => {
  it('answers at each of its addresses alike, also what is no HTTP, and lets nobody in at any once it stops', async () => {
    const application = { listen: (port: number, host: string) => server.listen({ port, host }), getHttpServer: () => server.server };
    // The last is no address of anybody's.
    const addresses = ['127.0.0.1', second, '192.0.2.1'];
    const doors = await listenAt({ host: 'localhost', port: 0 }, application, async () => addresses);
    const { port } = server.server.address() as { port: number };
    const ask = (host: string, sent: string) => answered(port, host, `${sent}\r\n\r\n`);
    for (const host of ['127.0.0.1', second]) {
      expect(await ask(host, 'THIS IS NO HTTP')).toContain('"code":"MALFORMED_REQUEST"');
      const wondering = ['GET /nothing HTTP/1.1', 'Host: x', 'Expect: wonders', 'Connection: close'].join('\r\n');
      expect(await ask(host, wondering)).toContain('Route GET:/unroutable not found');
    }
    await closeDoors(doors);
    for (const host of ['127.0.0.1', second]) await expect(ask(host, '')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpAdapter } from './http-adapter.js';

describe('a request that arrives drop by drop', () => {
  it('is ended when its time is over, also where only its body is late', async () => {
    const adapter = new HttpAdapter({ atMostMs: 300, lookedAtEveryMs: 50 });
    const server = adapter.getInstance();
    let carriedOut = 0;
    server.post('/late', () => ({ carriedOut: (carriedOut += 1) }));
    await server.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    let told = '';
    socket.setEncoding('utf8').on('data', (text: string) => (told += text));
    const closed = once(socket, 'close');
    socket.write('POST /late HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":');
    const outcome = await Promise.race([closed.then(() => 'ended'), delay(3_000, 'open', { ref: false })]);
    socket.destroy();
    await server.close();
    expect([outcome, carriedOut]).toEqual(['ended', 0]);
    expect(told).toContain('the request took too long to arrive');
  });

  it('may take half a minute', () => {
    const { headersTimeout, requestTimeout } = new HttpAdapter().getInstance().server;
    expect([headersTimeout, requestTimeout]).toEqual([30_000, 30_000]);
  });
});

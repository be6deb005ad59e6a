import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';

/**
 * A process of its own that takes JSON and answers JSON as long as the product's, and does nothing besides: what the framework (`fastify`) or Node's own
 * server (`node:http`) costs here. The first message says the answer; its own message says the port.
 */
const framework = process.argv[2];

process.once('message', (answer: object) => {
  void (framework === 'fastify' ? onFastify(answer) : onNodeHttp(answer)).then((port) => process.send?.({ port }));
});
process.once('disconnect', () => process.exit());

async function onFastify(answer: object): Promise<number> {
  const application = fastify();
  application.route({ method: ['GET', 'PATCH'], url: '/*', handler: () => Promise.resolve(answer) });
  application.get('/metrics', figures);
  await application.listen({ host: '127.0.0.1', port: 0 });
  return (application.server.address() as AddressInfo).port;
}

async function onNodeHttp(answer: object): Promise<number> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') return void response.end(figures());
    void bodyOf(request).then((body) => {
      if (body !== '') JSON.parse(body);
      response.setHeader('content-type', 'application/json; charset=utf-8').end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** As the product says it, for systems where nobody else does. */
function figures(): string {
  const { user, system } = process.cpuUsage();
  return `process_cpu_seconds_total ${(user + system) / 1_000_000}\n`;
}

import { lookup } from 'node:dns/promises';
import type { Server as HttpServer } from 'node:http';
import { createServer, Server } from 'node:net';
import { CannotStart } from './cannot-start.js';
import type { Configuration } from '../config.js';

type Place = Pick<Configuration, 'host' | 'port'>;

/** What listens at one place, and the server that answers there. */
type Listening = Readonly<{ listen(port: number, host: string): Promise<unknown>; getHttpServer(): HttpServer }>;

/** Addresses that a name has and this machine does not, like `::1` where there is no IPv6: nobody comes to them. */
const notHere = new Set<unknown>(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Tries the port before anything else is touched: a first start that ended at its port would already have made the administrator's key, and never shown it.
 * @throws CannotStart
 */
export async function assertCanListen({ host, port }: Place): Promise<void> {
  const server = createServer((socket) => socket.destroy());
  try {
    await opened(server, { host, port });
  } catch (error) {
    throw notListening(error, { host, port });
  }
  await new Promise((resolve) => server.close(resolve));
}

/**
 * Has one server answer at every address of the host. `localhost` may be two, and clients try either: of Fastify it would get a second server, to which
 * nothing is told of how requests are answered that are no HTTP or expect what nobody does, nor of its end.
 * @returns whatever takes connections, to be closed together
 * @throws CannotStart
 */
export async function listenAt(
  { host, port }: Place,
  application: Listening,
  addressesOf = async (name: string) => (await lookup(name, { all: true })).map(({ address }) => address),
): Promise<readonly Server[]> {
  try {
    const [first = host, ...others] = host === 'localhost' ? new Set(await addressesOf(host)) : [host];
    await application.listen(port, first);
    const server = application.getHttpServer();
    const place = server.address();
    const bound = typeof place === 'object' && place !== null ? place.port : port;
    const doors = await Promise.all(others.map((address) => doorTo(server, { host: address, port: bound })));
    return [server, ...doors.flat()];
  } catch (error) {
    throw notListening(error, { host, port });
  }
}

/** Lets those in who come to another address; none where this machine does not have it. */
async function doorTo(server: HttpServer, place: Place): Promise<Server[]> {
  // As Node has it for servers of HTTP.
  const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket));
  try {
    await opened(door, place);
  } catch (error) {
    if (notHere.has((error as NodeJS.ErrnoException).code)) return [];
    throw error;
  }
  server.once('close', () => door.close());
  return [door];
}

const opened = (server: Server, { host, port }: Place): Promise<void> =>
  new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve));

/** Lets nobody in any more. Resolves when all who came have gone: an HTTP server's own `close` would cut connections whose request is still on its way. */
export async function closeDoors(doors: readonly Server[]): Promise<void> {
  await Promise.all(doors.map((door) => new Promise((resolve) => Server.prototype.close.call(door, resolve))));
}

/** Why nobody can be served at that address, in a sentence; an error of another kind as it is. */
function notListening(error: unknown, { host, port }: Place): unknown {
  const sentence = sentenceOf((error as NodeJS.ErrnoException).code, host, port);
  return sentence === undefined ? error : new CannotStart(sentence, { cause: error });
}

function sentenceOf(code: string | undefined, host: string, port: number): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Set PORT to another one (0 takes a free one).`;
    case 'EACCES':
      return `Port ${port} needs more rights than this user has. Set PORT to one from 1024 on.`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return `HOST ${host} is no address of this machine. Set it to one that is: 127.0.0.1 for this machine only, 0.0.0.0 for all.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST ${host} is a name that nobody knows. Set it to an address of this machine: 127.0.0.1 for this machine only, 0.0.0.0 for all.`;
    default:
      return undefined;
  }
}

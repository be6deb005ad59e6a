import { createServer } from 'node:net';
import { CannotStart } from './cannot-start.js';
import type { Configuration } from '../config.js';

type Place = Pick<Configuration, 'host' | 'port'>;

/**
 * Tries the port before anything else is touched: a first start that ended at its port would already have made the administrator's key, and never shown it.
 * @throws CannotStart
 */
export async function assertCanListen({ host, port }: Place): Promise<void> {
  const server = createServer((socket) => socket.destroy());
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  } catch (error) {
    throw notListening(error, { host, port });
  }
  await new Promise((resolve) => server.close(resolve));
}

/** Why nobody can be served at that address, in a sentence; an error of another kind as it is. */
export function notListening(error: unknown, { host, port }: Place): unknown {
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

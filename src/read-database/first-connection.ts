import { Socket } from 'node:net';
import pg from 'pg';
import { NoAnswer, unreachable, type Setting } from './unreachable.js';

/**
 * In seconds. Where nobody takes the connection the address is wrong, or the network, and that is soon said; a server that has taken it may be busy
 * with other work, as a whole machine may be that starts everything at once.
 */
const patience = { untilTaken: 10, untilAnswered: 60 };

/**
 * Connects to a database that nobody has spoken to since the program began.
 * @throws CannotStart with a sentence that names the setting
 */
export async function firstConnection(url: string, setting: Setting): Promise<pg.Client> {
  const socket = new Socket();
  const client = new pg.Client({ connectionString: url, stream: () => socket });
  client.on('error', () => undefined); // a connection that breaks while it is idle is reported by the next query
  let left = patience.untilTaken;
  socket.once('connect', () => (left = patience.untilAnswered));
  // One second after the other, for one during which this program stands still (it is being loaded meanwhile) says nothing about the server.
  const watch = setInterval(() => {
    left -= 1;
    if (left <= 0) socket.destroy(socket.connecting ? notTaken() : new NoAnswer(patience.untilAnswered));
  }, 1_000);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw unreachable(error, setting, client);
  } finally {
    clearInterval(watch);
  }
}

/** What the system says when it has given up by itself. */
const notTaken = (): Error => Object.assign(new Error('nobody took the connection'), { code: 'ETIMEDOUT' });

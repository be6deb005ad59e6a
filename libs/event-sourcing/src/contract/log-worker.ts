import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Client } from 'pg';
import { EventStore } from '../event-store.js';
import { logConnection } from '../postgres/connection.js';
import { PostgresLog } from '../postgres/postgres-log.js';
import { commandContext, countOne, counting } from './counting.js';
import { newStream, proposed } from './log-under-test.js';

/*
 * Another process on the same log, for the specs: it does one job, reports each step as a line on its standard output, and is stopped or killed by them.
 */
const [job, url, ...parameters] = process.argv.slice(2);
if (!job || !url) throw new Error('usage: log-worker <job> <url> …');
const say = (line: string): unknown => process.stdout.write(`${line}\n`);

const jobs: Record<string, (url: string) => Promise<void>> = {
  /** Appends to streams of its own from several writers; says the id of every acknowledged event. */
  async append(url) {
    const [writers = 1, each = 1] = parameters.map(Number);
    const log = new PostgresLog({ url });
    await Promise.all(
      Array.from({ length: writers }, async () => {
        const stream = newStream();
        for (let n = 0; n < each; n += 1) {
          const event = proposed({ n });
          await log.append({ stream, expected: n === 0 ? 'no stream' : n - 1, events: [event] }, { deadline: Date.now() + 30_000 });
          say(event.id);
        }
      }),
    );
    await log.close();
  },

  /** Decides many commands on one stream, as many callers do at once. */
  async count(url) {
    const [id = '', callers = '1', each = '1'] = parameters;
    const log = new PostgresLog({ url });
    const store = new EventStore(log, { next: () => Promise.reject(new Error('no sequences here')) });
    await Promise.all(
      Array.from({ length: Number(callers) }, async (_, caller) => {
        for (let n = 0; n < Number(each); n += 1) {
          const { state } = await store.execute(counting, id, countOne(`${caller} ${n} ${randomUUID()}`), { context: commandContext() });
          say(String(state.count));
        }
      }),
    );
    await log.close();
  },

  /** Takes the counter's lock in an open transaction, with the settings every connection to the log has, and keeps it. */
  async hold(url) {
    const client = new Client(logConnection(url, 'lock holder'));
    client.on('error', () => undefined);
    await client.connect();
    await client.query('begin');
    await client.query('select from log.counter for update');
    say('holding');
    await once(process.stdin.resume(), 'end'); // until the spec kills it, or is gone itself
  },
};

await jobs[job]?.(url);

import pg from 'pg';
import { EventStore } from '../../event-store.js';
import { Precedence } from '../../precedence.js';
import { PostgresLog } from '../../postgres/postgres-log.js';
import { Sequences } from '../../sequences.js';
import { filterTimer } from '../../testing/filters.js';
import { MovedClock } from '../../testing/moved-clock.js';
import { ProcessManagerEngine } from '../process-manager-engine.js';
import { processManagerOfTimer } from '../timer-worker.js';

/**
 * A process that works the timer of filters, at an instant: `timers-worker.ts <app url> <instant> [<step>]`.
 * It kills itself right before or after the first time it does a step: `before execute`, `after note a decided instant`.
 */
const [url, instant, deadly] = process.argv.slice(2);
if (url === undefined || instant === undefined) throw new Error('usage: timers-worker.ts <app url> <instant> [<step>]');

const dieAt = (step: string): void => {
  if (step === deadly) process.kill(process.pid, 'SIGKILL');
};
async function withSteps<T>(name: string, work: () => Promise<T>): Promise<T> {
  dieAt(`before ${name}`);
  const result = await work();
  dieAt(`after ${name}`);
  return result;
}

const log = new PostgresLog({ url });
const pool = new pg.Pool({ connectionString: url });
const events = new EventStore(log, new Sequences(pool));
const timer = processManagerOfTimer(filterTimer, {
  clock: new MovedClock(instant),
  precedence: new Precedence(),
  siteOf: () => Promise.resolve({ timeZone: 'Europe/Berlin', archivedAt: undefined, revision: 0 }),
  events: {
    load: (stream, id) => events.load(stream, id),
    nextId: (sequence) => events.nextId(sequence),
    hasAppended: (...question) => events.hasAppended(...question),
    execute: (...command) => withSteps('execute', () => events.execute(...command)),
  },
  pool: { query: ((query: pg.QueryConfig) => withSteps(query.name ?? '', () => pool.query(query))) as unknown as pg.Pool['query'] },
});
const engine = new ProcessManagerEngine({ log, managers: [timer], database: { connectionString: url } });
await engine.start();
process.stdout.write(`${(await engine.status())[0]?.state ?? 'nothing'}\n`);

import { PostgresLog } from '../../postgres/postgres-log.js';
import type { Projection } from '../../projection.js';
import { ProjectionEngine } from '../projection-engine.js';
import { journal, tally } from './world.js';

/** A process that works projections until it is killed: `worker-process.ts <app url> <owner url>`. It says so once it holds the work. */
const [url, ownerUrl] = process.argv.slice(2);
if (url === undefined || ownerUrl === undefined) throw new Error('usage: worker-process.ts <app url> <owner url>');
const engine = new ProjectionEngine({
  log: new PostgresLog({ url }),
  projections: [tally(), journal] as readonly Projection[],
  database: { app: { connectionString: url }, owner: { connectionString: ownerUrl } },
});
await engine.start();
const states = (await engine.status()).map(({ state }) => state);
process.stdout.write(states.includes('standing by') ? 'standing by\n' : 'working\n');

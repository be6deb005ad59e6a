import { PostgresLog } from '../../postgres/postgres-log.js';
import { ProcessManagerEngine } from '../process-manager-engine.js';

/** A process that works the process manager `packer` until it is killed: `worker-process.ts <app url>`. */
const [url] = process.argv.slice(2);
if (url === undefined) throw new Error('usage: worker-process.ts <app url>');
const engine = new ProcessManagerEngine({
  log: new PostgresLog({ url }),
  managers: [{ name: 'packer', categories: ['box', 'bag'], startsAt: 'beginning', handle: async () => undefined }],
  database: { connectionString: url },
});
await engine.start();
process.stdout.write(`${(await engine.status())[0]?.state ?? 'nothing'}\n`);

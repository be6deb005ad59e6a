import { parseArgs } from 'node:util';
import { EventStoreDbTestServer } from './server.js';
import type { Faults } from './faults.js';

/**
 * The test server as a process of its own, for tests that kill it and for trying things by hand:
 * `node --import ./test/harness/typescript.mjs test/eventstoredb-server/main.ts --port 2113 --file events.jsonl`.
 */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, file: { type: 'string' }, 'first-position': { type: 'string' } },
});
const firstPosition = values['first-position'];

const server = await new EventStoreDbTestServer({
  port: Number(values.port),
  ...(values.file === undefined ? {} : { file: values.file }),
  ...(firstPosition === undefined ? {} : { firstPosition: BigInt(firstPosition) }),
}).start();

// Whoever started it hears where it listens, and may change its faults while it runs.
console.log(server.url);
process.send?.({ url: server.url, port: server.port });
process.on('message', (faults: Partial<Faults>) => {
  Object.assign(server.faults, faults);
  process.send?.({ faults: server.faults });
});
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void server.stop().then(() => process.exit(0)));

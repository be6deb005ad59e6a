import { randomUUID } from 'node:crypto';
import { EventStoreDbTestServer, type ServerOptions } from '../../../../test/eventstoredb-server/server.js';
import type { EventMetadata, ProposedEvent } from '../event.js';
import { EventStoreDbLog } from '../eventstoredb/eventstoredb-log.js';
import type { EventStoreDbLogOptions } from '../eventstoredb/settings.js';

/** Milliseconds: a test that is not about giving up must not give up on a busy machine. */
export const unhurried = { appendTimeout: 120_000, readTimeout: 60_000 };

/** Past 2^53: whoever keeps a position in a number loses it here. */
const firstPosition = 2n ** 53n + 1n;

/** Servers and logs for the tests of a spec file: what a test has opened is closed after it. */
export function eventStoreDbServers() {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  async function startServer(options: ServerOptions = {}): Promise<EventStoreDbTestServer> {
    const server = await new EventStoreDbTestServer({ firstPosition, ...options }).start();
    open.push(() => server.stop());
    return server;
  }

  function logOn(server: { url: string }, options: Partial<EventStoreDbLogOptions> = {}): EventStoreDbLog {
    const log = new EventStoreDbLog({ url: server.url, ...unhurried, ...options });
    open.push(() => log.close());
    return log;
  }

  async function serverAndLog(options: Partial<EventStoreDbLogOptions> = {}) {
    const server = await startServer();
    return { server, log: logOn(server, options) };
  }

  return { startServer, logOn, serverAndLog };
}

const metadata: EventMetadata = {
  recorded_at: '2026-01-31T12:00:00.000Z',
  effective_at: '2026-01-31',
  schema_version: 1,
  actor: { kind: 'system', id: 'spec' },
  entity_id: 1,
  customer_id: 1,
  request_id: 'request',
  $correlationId: 'correlation',
  $causationId: 'causation',
};

export const event = (data: unknown = { quantity: '0.001' }): ProposedEvent => ({
  id: randomUUID(),
  type: 'PartRestocked',
  data,
  metadata,
});
export const events = (count: number, note = ''): ProposedEvent[] =>
  Array.from({ length: count }, () => event({ quantity: '0.001', note }));

import { randomUUID } from 'node:crypto';
import { EventStoreDbTestServer } from '../../../../test/eventstoredb-server/server.js';
import { FaultyProxy } from '../../../../tools/faulty-proxy.js';
import { describeEventLog } from '../contract/event-log-contract.js';
import { prepareDatabase } from '../contract/log-database.js';
import { newStream, proposed, type LogUnderTest } from '../contract/log-under-test.js';
import { PostgresLog } from '../postgres/postgres-log.js';
import { EventStoreDbLog } from './eventstoredb-log.js';

// The promises of every event log, kept by this adapter on the wire-level test server, and on whatever real server is at hand.

describeEventLog('EventStoreDB on the wire-level test server', async () => {
  // Positions start past 2^53: whoever keeps one in a number loses it here.
  // And others write around everything that is appended.
  const neighbours = ['$stats-127.0.0.1:2113', 'neighbour_part-1'];
  const server = await new EventStoreDbTestServer({ firstPosition: 2n ** 53n + 1n, neighbours }).start();
  const restart = async (): Promise<void> => {
    await server.kill();
    await server.start();
  };
  const writeForeign = async (count: number): Promise<void> => server.log.writeForeign(count);
  return logAt(server.url, { restart, writeForeign, eventsSent: () => server.figures.eventsSent, close: () => server.stop() });
});

const liveUrl = process.env['EVENTSTORE_URL'];
if (liveUrl) describeEventLog(`EventStoreDB at ${withoutPassword(liveUrl)}`, async () => logAt(liveUrl));

// Pulling images is nothing that a plain `npm test` should do.
const engine = process.env['npm_lifecycle_event'] === 'test:contract' ? await containerEngine() : 'not asked for';
if (engine === 'present') {
  describeEventLog('EventStoreDB in a container', async () => {
    const { GenericContainer, Wait } = await import('testcontainers');
    const container = await new GenericContainer('eventstore/eventstore:24.10')
      .withCommand(['--insecure', '--mem-db', '--run-projections=None'])
      .withExposedPorts(2113)
      .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
      .start();
    const url = `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`;
    return logAt(url, { close: async () => void (await container.stop()) });
  });

  describeEventLog('PostgreSQL in a container', async () => {
    const { GenericContainer, Wait } = await import('testcontainers');
    const container = await new GenericContainer('postgres:18')
      .withEnvironment({ POSTGRES_PASSWORD: 'contract' })
      .withExposedPorts(5432)
      .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
      .start();
    const target = { host: container.getHost(), port: container.getMappedPort(5432) };
    const urlOf = ({ host, port }: typeof target): string => `postgres://postgres:contract@${host}:${port}/postgres`;
    await prepareDatabase(urlOf(target));
    return {
      open: () => new PostgresLog({ url: urlOf(target) }),
      async openBehindFaults() {
        const faults = await FaultyProxy.start(target);
        return { log: new PostgresLog({ url: urlOf({ host: '127.0.0.1', port: faults.port }) }), faults };
      },
      close: async () => void (await container.stop()),
    };
  });
}

if (!liveUrl && engine !== 'present')
  describe('EventStoreDB itself', () => {
    it.skip(`keeps them too: needs EVENTSTORE_URL=esdb://127.0.0.1:2113?tls=false and npm run test:contract (container engine: ${engine})`, () =>
      undefined);
  });

/** The address of a server with one host, as the suite needs it to put a proxy before it. */
const singleHost = /^(esdb:\/\/(?:[^@/]+@)?)([^:,/?]+)(?::(\d+))?(?=[/?]|$)/;

/**
 * EventStoreDB behind one URL. Each run has a stream prefix of its own, so that it can share a server.
 * The faults are made by a proxy that reads the bytes, so the address must name one host and say `tls=false`.
 */
function logAt(url: string, server: Partial<Pick<LogUnderTest, 'restart' | 'writeForeign' | 'eventsSent' | 'close'>> = {}): LogUnderTest {
  const [whole = '', start = '', host, port = '2113'] = singleHost.exec(url) ?? [];
  if (host === undefined || !/[?&]tls=false/i.test(url))
    throw new Error('the contract suite needs the address of one host with tls=false, such as esdb://127.0.0.1:2113?tls=false');
  const prefix = `t${randomUUID().slice(0, 8)}_`;
  const neighbour = new EventStoreDbLog({ url, prefix: `n${prefix}` });
  return {
    async writeForeign(count) {
      // So many at a time as a real server takes.
      for (let left = count; left > 0; left -= 500) {
        const events = Array.from({ length: Math.min(left, 500) }, () => proposed());
        await neighbour.append({ stream: newStream(), expected: 'no stream', events }, { deadline: Date.now() + 60_000 });
      }
    },
    ...server,
    async close() {
      await neighbour.close();
      await server.close?.();
    },
    open: () => new EventStoreDbLog({ url, prefix }),
    async openBehindFaults() {
      const faults = await FaultyProxy.start({ host, port: Number(port) });
      return { log: new EventStoreDbLog({ url: url.replace(whole, `${start}127.0.0.1:${faults.port}`), prefix }), faults };
    },
  };
}

async function containerEngine(): Promise<'present' | 'none here'> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => 'present',
    () => 'none here',
  );
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

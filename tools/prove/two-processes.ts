import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStoreDbLog, PostgresLog, type EventLog } from '#millwright/event-sourcing';
import { readConfiguration } from '../../src/config.js';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';
import { startEventStoreDbTestServer, type EventStoreDbTestServer } from '../eventstoredb-test-server.js';
import { FaultyProxy } from '../faulty-proxy.js';
import { ServerProcess } from '../server-process.js';

export const logPlaces = ['PostgreSQL', 'EventStoreDB'] as const;
export type LogPlace = (typeof logPlaces)[number];

/** One process of the application, and what stands between it and the database. */
export type Member = Readonly<{ server: ServerProcess; proxy: FaultyProxy }>;

export type TwoProcesses = Readonly<{
  place: LogPlace;
  members: readonly [Member, Member];
  adminKey: string;
  /** The database as a superuser, past the proxies. */
  databaseUrl: string;
  /** The log, past the product. */
  log: EventLog;
  /** Where the log is in EventStoreDB and that is our own, to be broken. */
  eventStore?: EventStoreDbTestServer;
}>;

/**
 * Two processes of the application on one database and one log, for the length of a proof. In EventStoreDB that is the server that EVENTSTORE_URL
 * names, under a prefix of its own, or else the wire-level test server.
 */
export async function withTwoProcesses<T>(place: LogPlace, work: (installation: TwoProcesses) => Promise<T>): Promise<T> {
  const cleanUp: (() => Promise<unknown>)[] = [];
  const later = <Thing>(thing: Thing, end: (thing: Thing) => Promise<unknown>): Thing => {
    cleanUp.unshift(() => end(thing));
    return thing;
  };
  try {
    const folder = later(await mkdtemp(join(tmpdir(), 'millwright-two-processes-')), (path) => rm(path, { recursive: true, force: true }));
    await chmod(folder, 0o711); // root's database server runs as another user, who must get through
    const database = later(await EmbeddedPostgres.start({ directory: join(folder, 'data') }), (server) => server.stop());
    const known = place === 'EventStoreDB' ? readConfiguration().eventStoreUrl : undefined;
    const eventStore =
      place === 'EventStoreDB' && known === undefined ? later(await startEventStoreDbTestServer(), (server) => server.stop()) : undefined;
    const url = known ?? eventStore?.url;
    const prefix = `proof${randomBytes(6).toString('hex')}_`;
    const adminKey = randomBytes(24).toString('hex');
    const member = async (): Promise<Member> => {
      const target = { host: '127.0.0.1', port: Number(new URL(database.urlFor('app')).port) };
      const proxy = later(await FaultyProxy.start(target), (started) => started.close());
      const through = (role: 'app' | 'owner'): string => Object.assign(new URL(database.urlFor(role)), { port: String(proxy.port) }).href;
      const environment = {
        ADMIN_API_KEY: adminKey,
        DATABASE_URL: through('app'),
        MIGRATIONS_DATABASE_URL: through('owner'),
        ...(url === undefined ? {} : { EVENTSTORE_URL: url, EVENTSTORE_PREFIX: prefix }),
      };
      const server = later(await ServerProcess.create({ environment }), (started) => started.dispose());
      await server.start();
      return { server, proxy };
    };
    const members = [await member(), await member()] as const;
    const log = url === undefined ? new PostgresLog({ url: database.urlFor('app') }) : await openEventStoreDbLog({ url, prefix });
    later(log, (opened) => opened.close());
    return await work({ place, members, adminKey, databaseUrl: database.urlFor('superuser'), log, eventStore });
  } finally {
    for (const step of cleanUp) await step();
  }
}

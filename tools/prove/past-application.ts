import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { DataSource, EntityManager } from 'typeorm';
import { alike, runInScope, type RequestScope } from '#millwright/access';
import { ProjectionEngine, Rejection, type Digest, type Position } from '#millwright/event-sourcing';
import { LaborReport } from '#millwright/finance';
import { parts } from '#millwright/inventory';
import { AsOf, type ListPage, type RawQuery } from '#millwright/lists';
import { ResourceReader, type Answer } from '#millwright/resources';
import { assets, DowntimeReader, ReliabilityReader } from '#millwright/sites';
import { workOrders } from '#millwright/work-orders';
import { AppModule } from '../../src/app.module.js';
import { readConfiguration } from '../../src/config.js';
import { Engine } from '../../src/engine/engine.js';
import { openEventLog } from '../../src/event-log/event-log.js';
import { HttpAdapter } from '../../src/http/index.js';
import { createLogger, NestLogger } from '../../src/start/logging.js';
import { openSecret } from '../../src/start/secret.js';
import { openDatabases } from '../../src/read-database/prepared-databases.js';

/** The administrator at the first site. */
const scope: RequestScope = {
  requestId: 'proof',
  principal: { credential: { kind: 'api_key', id: '1' }, customerId: 1, userId: 1, rights: alike('all') },
  held: 'all',
  customer: { id: 1, name: 'Millwright' },
  entity: { id: 1, name: 'Main Facility', currency: 'USD', currency_symbol: '$', datetime_format: null, timezone: 'Etc/UTC' },
};

/** What the readers of the application answer, as of any place of the log. */
export type Past = Readonly<{
  part(id: number, at: Position): Promise<unknown>;
  order(id: number, at: Position): Promise<unknown>;
  asset(id: number, at: Position): Promise<unknown>;
  downtimes(assetId: number, query: RawQuery, at: Position): Promise<unknown>;
  reliability(assetId: number, period: RawQuery, at: Position): Promise<unknown>;
  /** The report's `meta`. */
  labor(query: RawQuery, at: Position): Promise<unknown>;
  /** All pages, by cursor. */
  parts(query: RawQuery, at: Position): Promise<readonly unknown[]>;
  orders(query: RawQuery, at: Position): Promise<readonly unknown[]>;
  /** The code that a question is refused with: parts after the first page of another moment. */
  refusalOfCursor(from: Position, at: Position): Promise<string>;
  digests(names: readonly string[]): Promise<readonly Digest[]>;
  rebuild(names: readonly string[]): Promise<void>;
}>;

/** Runs the application on a folder that no server holds, without a port: its readers are asked past the edge. */
export async function withPast<T>(dataDir: string, work: (past: Past) => Promise<T>): Promise<T> {
  const configuration = readConfiguration({ DATA_DIR: dataDir, LOG_LEVEL: 'warn' });
  const logger = createLogger('warn');
  const databases = await openDatabases(configuration, logger);
  const log = await openEventLog(configuration, databases, logger);
  const secret = await openSecret(configuration, databases);
  const nest = await NestFactory.create(AppModule.on(configuration, { databases, log, secret }, logger), new HttpAdapter(), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  await nest.init();
  const engine = nest.get(Engine);
  try {
    await engine.start();
    const services: Services = {
      asOf: nest.get(AsOf, { strict: false }),
      reader: nest.get(ResourceReader, { strict: false }),
      projections: nest.get(ProjectionEngine, { strict: false }),
      downtimes: nest.get(DowntimeReader, { strict: false }),
      reliability: nest.get(ReliabilityReader, { strict: false }),
      labor: nest.get(LaborReport, { strict: false }),
    };
    return await work(pastOf(services));
  } finally {
    await nest.close();
    await engine.stop();
    await Promise.all([nest.get(EntityManager).dataSource.destroy(), nest.get(DataSource).destroy()]);
    await databases.close();
  }
}

type Services = Readonly<{
  asOf: AsOf;
  reader: ResourceReader;
  projections: ProjectionEngine;
  downtimes: DowntimeReader;
  reliability: ReliabilityReader;
  labor: LaborReport;
}>;

function pastOf({ asOf, reader, projections, downtimes, reliability, labor }: Services): Past {
  const ask = (at: Position, read: () => Promise<Answer>): Promise<Answer> => runInScope({ ...scope }, () => asOf.read(at, read));
  const one = (at: Position, read: () => Promise<Answer>): Promise<unknown> => ask(at, read).then(({ data }) => data, unlessMissing);
  const list = async (at: Position, query: RawQuery, read: (page: RawQuery) => Promise<Answer>): Promise<readonly unknown[]> => {
    const rows: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: RawQuery = { ...query, per_page: '4', cursor };
      const answer = await ask(at, () => read(page));
      rows.push(...(answer.data as unknown[]));
      cursor = nextIn(answer);
    }
    return rows;
  };
  return {
    part: (id, at) => one(at, () => reader.one(parts, id)),
    order: (id, at) => one(at, () => reader.one(workOrders, id)),
    asset: (id, at) => one(at, () => reader.one(assets, id)),
    downtimes: (assetId, query, at) => one(at, () => downtimes.list(assetId, query)),
    reliability: (assetId, period, at) => one(at, () => reliability.answer(assetId, period)),
    labor: (query, at) => ask(at, () => labor.answer(query)).then(({ facts }) => facts.meta),
    parts: (query, at) => list(at, query, (page) => reader.list(parts, page)),
    orders: (query, at) => list(at, query, (page) => reader.list(workOrders, page)),
    async refusalOfCursor(from, at) {
      const read = (query: RawQuery) => () => reader.list(parts, { per_page: '1', ...query });
      const cursor = nextIn(await ask(from, read({})));
      return ask(at, read({ cursor })).then(() => 'none', codeOf);
    },
    digests: (names) => Promise.all(names.map((name) => projections.digest(name))),
    rebuild: async (names) => {
      for (const name of names) await projections.rebuild(name);
    },
  };
}

const nextIn = ({ facts }: Answer): string | null => (facts.meta as ListPage['meta']).pagination.next_cursor;

export const codeOf = (refusal: unknown): string => (refusal instanceof Rejection ? refusal.code : String(refusal));

function unlessMissing(refusal: unknown): undefined {
  if (refusal instanceof Rejection && refusal.code === 'NOT_FOUND') return undefined;
  throw refusal;
}

import { Global, Module, type DynamicModule } from '@nestjs/common';
import pg from 'pg';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { Configuration } from './config.js';
import { Databases } from './databases.js';
import { Engine } from './engine.js';
import { Health } from './health/health.js';
import { Metrics } from './health/metrics.js';
import { readOptions } from './read-database/data-source.js';

const writeConnections = 10;

/** What every room may have injected, each by its class: the configuration, the databases, the engine, health and metrics. */
@Global()
@Module({})
export class EngineModule {
  static on(configuration: Configuration, databases: Databases, logger: Logger): DynamicModule {
    const poolFault = (error: Error): void => logger.warn({ err: error }, 'a database connection broke');
    const providers = [
      { provide: Configuration, useValue: configuration },
      { provide: Databases, useValue: databases },
      Metrics,
      { provide: pg.Pool, useFactory: () => writePool(databases.appUrl, poolFault) },
      { provide: DataSource, useFactory: () => new DataSource(readOptions(databases.appUrl, poolFault)).initialize() },
      { provide: Engine, useFactory: (metrics: Metrics) => new Engine(configuration, databases, metrics), inject: [Metrics] },
      {
        provide: Health,
        useFactory: (dataSource: DataSource, engine: Engine) => new Health(dataSource, engine),
        inject: [DataSource, Engine],
      },
    ];
    return { module: EngineModule, providers, exports: providers.map((provider) => ('provide' in provider ? provider.provide : provider)) };
  }
}

/** Connections for the tables of schema `app`: keys, people, idempotency. */
function writePool(url: string, onFault: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: writeConnections,
    keepAlive: true,
    connectionTimeoutMillis: 2_000,
    statement_timeout: 5_000,
    idle_in_transaction_session_timeout: 5_000,
    application_name: 'millwright',
  });
  pool.on('error', onFault);
  return pool;
}

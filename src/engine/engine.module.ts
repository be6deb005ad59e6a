import { Global, Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import pg from 'pg';
import type { Logger } from 'pino';
import { DataSource, EntityManager } from 'typeorm';
import { CallMonths, Callers, CallLog } from '#millwright/call-log';
import { EventStore, OutboxChannels, ProcessManagerEngine, ProjectionEngine, Sequences, type EventLog } from '#millwright/event-sourcing';
import { PersonalTraces } from '#millwright/people';
import { Configuration } from '../config.js';
import { Databases } from '../read-database/databases.js';
import { Engine } from './engine.js';
import { Health } from '../health/health.js';
import { MeasuredLog } from '../health/measured-log.js';
import { Metrics } from '../health/metrics.js';
import { connected, poolOf, readOptions, writeOptions } from '../read-database/data-source.js';
import { ReadDataSource } from '../read-database/read-data-source.js';

/**
 * What every room may have injected, each by its class: `EventStore` to decide, `DataSource` to read, `EntityManager` for the entities of schema `app`,
 * `pg.Pool` for its hot paths, `ProjectionEngine`, `ProcessManagerEngine`, `OutboxChannels`, `PersonalTraces`, `Sequences`, `Configuration`, `Databases`, `Health`, `Metrics`.
 */
@Global()
@Module({})
export class EngineModule {
  static on(configuration: Configuration, databases: Databases, log: EventLog, logger: Logger): DynamicModule {
    const onBrokenConnection = (error: Error): void => {
      if (!databases.isClosing) logger.warn({ err: error }, 'a database connection broke');
    };
    const providers: FactoryProvider[] = [
      { provide: Configuration, useFactory: () => configuration },
      { provide: Databases, useFactory: () => databases },
      { provide: Metrics, useFactory: () => new Metrics() },
      {
        provide: EntityManager,
        useFactory: async () =>
          (await connected(new DataSource(writeOptions(databases.appUrl, { onPoolError: onBrokenConnection })))).manager,
      },
      { provide: pg.Pool, useFactory: poolOf, inject: [EntityManager] },
      {
        provide: DataSource,
        useFactory: (metrics: Metrics, engine: Engine) => {
          const onStatement = (): void => metrics.readStatements.inc();
          const options = readOptions(databases.appUrl, { onPoolError: onBrokenConnection, onStatement });
          return connected(new ReadDataSource(options, (view) => engine.progressOf(view)));
        },
        inject: [Metrics, Engine],
      },
      {
        provide: Engine,
        useFactory: (metrics: Metrics, entities: EntityManager) =>
          new Engine(new MeasuredLog(log, metrics, databases), databases, entities, metrics, logger, configuration.smtpUrl !== undefined),
        inject: [Metrics, EntityManager],
      },
      partOfEngine(EventStore, ({ events }) => events),
      partOfEngine(CallLog, ({ calls }) => calls),
      { provide: Callers, useFactory: (pool: pg.Pool) => new Callers(pool), inject: [pg.Pool] },
      {
        provide: CallMonths,
        useFactory: () =>
          new CallMonths({
            ownerUrl: databases.ownerUrl,
            keptDays: configuration.apiLogDays,
            onFault: (fault) => logger.warn({ err: fault }, 'the months of the log of calls could not be looked after'),
          }),
      },
      partOfEngine(OutboxChannels, ({ channels }) => channels),
      partOfEngine(PersonalTraces, ({ traces }) => traces),
      partOfEngine(Sequences, ({ sequences }) => sequences),
      partOfEngine(ProjectionEngine, ({ projections }) => projections),
      partOfEngine(ProcessManagerEngine, ({ processManagers }) => processManagers),
      {
        provide: Health,
        useFactory: (dataSource: DataSource, engine: Engine) => new Health(dataSource, engine, databases),
        inject: [DataSource, Engine],
      },
    ];
    return { module: EngineModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}

const partOfEngine = (provide: FactoryProvider['provide'], useFactory: (engine: Engine) => unknown): FactoryProvider => ({
  provide,
  useFactory,
  inject: [Engine],
});

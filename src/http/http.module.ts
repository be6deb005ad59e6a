import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import pg from 'pg';
import type { Logger } from 'pino';
import { EntityManager } from 'typeorm';
import { ApiKeys, IdempotencyKeys } from '#millwright/access';
import { BatchController } from './batch.controller.js';
import { EveryExceptionFilter } from './exception-filter.js';

/**
 * The edge of REST, and what it shares with GraphQL: keys, idempotency, the filter. Wants `EntityManager` and `pg.Pool` injected by their classes.
 * `logSharesDatabase`: the event log lies in the same PostgreSQL, so that a key's row may be flushed together with the append that follows it.
 */
@Module({})
export class HttpModule {
  static on({ logger, logSharesDatabase }: Readonly<{ logger: Logger; logSharesDatabase: boolean }>): DynamicModule {
    const onFault = (fault: unknown): void => logger.warn({ err: fault }, 'an idempotency key could not be kept up to date');
    return {
      module: HttpModule,
      global: true,
      controllers: [BatchController],
      providers: [
        { provide: ApiKeys, useFactory: (entities: EntityManager) => new ApiKeys(entities), inject: [EntityManager] },
        {
          provide: IdempotencyKeys,
          useFactory: (database: pg.Pool) => new IdempotencyKeys(database, { relaxed: logSharesDatabase, onFault }),
          inject: [pg.Pool],
        },
        { provide: APP_FILTER, useClass: EveryExceptionFilter },
      ],
      exports: [ApiKeys, IdempotencyKeys],
    };
  }
}

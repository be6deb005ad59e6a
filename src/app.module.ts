import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import type { Configuration } from './config.js';
import type { Databases } from './databases.js';
import { EngineModule } from './engine.module.js';
import { FirstSiteModule } from './first-site.module.js';
import { HttpModule } from './http/index.js';

/** The table of contents: one module a room. */
@Module({})
export class AppModule {
  static on(configuration: Configuration, databases: Databases, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EngineModule.on(configuration, databases, logger),
        CqrsModule.forRoot(),
        FirstSiteModule,
        HttpModule.on({ logger, logSharesDatabase: configuration.eventStoreUrl === undefined }),
      ],
    };
  }
}

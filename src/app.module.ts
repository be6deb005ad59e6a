import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import { AuditTrailModule } from '#millwright/audit-trail';
import { CallLogModule } from '#millwright/call-log';
import { CommentsModule } from '#millwright/comments';
import { CredentialsModule, type InstallationSecret } from '#millwright/credentials';
import type { EventLog } from '#millwright/event-sourcing';
import { FinanceModule } from '#millwright/finance';
import { InventoryModule } from '#millwright/inventory';
import { CountedAddresses, InstallationEnvironment, LimitsModule, TrustedProxies } from '#millwright/limits';
import { MailModule } from '#millwright/mail';
import { NotificationsModule } from '#millwright/notifications';
import { OutgoingRequestsModule } from '#millwright/outgoing-requests';
import { PeopleModule } from '#millwright/people';
import { PermissionsModule } from '#millwright/permissions';
import { PlanningModule } from '#millwright/planning';
import { RequestsModule } from '#millwright/requests';
import { ResourcesModule } from '#millwright/resources';
import { SignInModule } from '#millwright/sign-in';
import { SitesModule } from '#millwright/sites';
import { WorkOrdersModule } from '#millwright/work-orders';
import type { Configuration } from './config.js';
import type { Databases } from './read-database/databases.js';
import { EngineModule } from './engine/engine.module.js';
import { FirstEvents } from './start/first-events.js';
import { GraphqlEdgeModule } from './graphql/graphql.module.js';
import { HttpModule } from './http/index.js';
import { ProjectionsController } from './engine/projections.controller.js';

/** The table of contents: one module a room. */
@Module({})
export class AppModule {
  static on(
    configuration: Configuration,
    { databases, log, secret }: Readonly<{ databases: Databases; log: EventLog; secret: InstallationSecret }>,
    logger: Logger,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EngineModule.on(configuration, databases, log, logger),
        CqrsModule.forRoot(),
        HttpModule.on({ logger, logSharesDatabase: configuration.eventStoreUrl === undefined }),
        CredentialsModule.on({ secret, publicUrl: configuration.publicUrl }),
        LimitsModule.on({
          environment: new InstallationEnvironment(configuration.tier, configuration.rateLimits),
          trustedProxies: new TrustedProxies(configuration.trustedProxies),
          countedAddresses: new CountedAddresses(secret.derived('addresses that are counted')),
          logger,
        }),
        OutgoingRequestsModule.on(configuration.webhookAllow),
        ResourcesModule,
        SitesModule,
        PeopleModule,
        PermissionsModule,
        MailModule.on({ smtpUrl: configuration.smtpUrl, from: configuration.mailFrom }),
        SignInModule,
        InventoryModule,
        CommentsModule,
        RequestsModule,
        WorkOrdersModule,
        PlanningModule,
        FinanceModule,
        NotificationsModule,
        AuditTrailModule,
        CallLogModule,
        GraphqlEdgeModule.on({ logger, playground: !configuration.production }),
      ],
      controllers: [ProjectionsController],
      providers: [FirstEvents],
    };
  }
}

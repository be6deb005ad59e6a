import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import type { Logger } from 'pino';
import { CallWindows } from './call-windows.js';
import { CountedAddresses } from './counted-addresses.js';
import { ExportTurns } from './export-turns.js';
import { InstallationEnvironment, InstallationSettings } from './installation-settings.js';
import { LimitsReader } from './limits-reader.js';
import { LimitsController } from './limits.controller.js';
import { LimitsResolver } from './limits.resolver.js';
import { installationShown, limitsShown, tierShown, windowShown } from './limits.shown.js';
import { Limits } from './limits.js';
import { TrustedProxies } from './addresses.js';

type Told = Readonly<{
  environment: InstallationEnvironment;
  trustedProxies: TrustedProxies;
  countedAddresses: CountedAddresses;
  logger: Pick<Logger, 'warn'>;
}>;

/** Tiers, limits, and whose address a request is counted for. Wants `EventStore` and `pg.Pool` injected by their classes. */
@Module({})
export class LimitsModule implements OnApplicationShutdown {
  constructor(
    private readonly windows: CallWindows,
    private readonly exports: ExportTurns,
  ) {}

  static on({ environment, trustedProxies, countedAddresses, logger }: Told): DynamicModule {
    const onFault = (fault: unknown): void => logger.warn({ err: fault }, 'what counts no more could not be cleared away');
    const onLoss = (fault: unknown): void => logger.warn({ err: fault }, 'which exports run here is not known to other processes');
    return {
      module: LimitsModule,
      global: true,
      controllers: [LimitsController],
      providers: [
        { provide: InstallationEnvironment, useValue: environment },
        { provide: TrustedProxies, useValue: trustedProxies },
        { provide: CountedAddresses, useValue: countedAddresses },
        { provide: CallWindows, useFactory: (database: pg.Pool) => new CallWindows(database, onFault), inject: [pg.Pool] },
        { provide: ExportTurns, useFactory: (database: pg.Pool) => new ExportTurns(database, onLoss), inject: [pg.Pool] },
        InstallationSettings,
        Limits,
        LimitsReader,
        LimitsResolver,
        limitsShown.resolver,
        tierShown.resolver,
        windowShown.resolver,
        installationShown.resolver,
      ],
      exports: [Limits, TrustedProxies, CountedAddresses],
    };
  }

  onApplicationShutdown(): void {
    this.windows.close();
    this.exports.close();
  }
}

import { Global, Module } from '@nestjs/common';
import { KnownSites, EntityDirectory } from '#millwright/access';
import { operationHandlers, resourceModule } from '#millwright/resources';
import { assetTypes } from './asset-types.js';
import { assets } from './assets.js';
import { CurrencyUse } from './currency-use.js';
import { customers } from './customers.js';
import { AssetDowntimesResolver, DowntimesResolver } from './downtime.resolver.js';
import { assetOperations } from './downtime.operations.js';
import { downtime } from './downtime.shown.js';
import { DowntimeReader } from './downtime-reader.js';
import { DowntimeWriter } from './downtime-writer.js';
import { DowntimesController } from './downtimes.controller.js';
import { entities } from './entities.js';
import { LastEntity } from './last-entity.js';
import { locations } from './locations.js';
import { ReliabilityController } from './reliability.controller.js';
import { ReliabilityReader } from './reliability-reader.js';
import { ReliabilityResolver } from './reliability.resolver.js';
import { assetReliability } from './reliability.shown.js';
import { SiteCurrency } from './site-currency.js';
import { SiteDirectory } from './site-directory.js';

/** Every kind of record of this room: its projections and sequences are wanted at start. */
export const siteRecords = [customers, entities, locations, assetTypes, assets];

@Global()
@Module({
  imports: [resourceModule(siteRecords, [{ resource: assets, operations: assetOperations }])],
  controllers: [DowntimesController, ReliabilityController],
  providers: [
    ...operationHandlers(assetOperations),
    { provide: EntityDirectory, useClass: SiteDirectory },
    KnownSites,
    CurrencyUse,
    SiteCurrency,
    LastEntity,
    DowntimeWriter,
    DowntimeReader,
    AssetDowntimesResolver,
    DowntimesResolver,
    downtime.resolver,
    ReliabilityReader,
    ReliabilityResolver,
    assetReliability.resolver,
  ],
  exports: [EntityDirectory, KnownSites, SiteCurrency, ReliabilityReader],
})
export class SitesModule {}

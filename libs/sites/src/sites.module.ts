import { Global, Module } from '@nestjs/common';
import { KnownSites, EntityDirectory } from '#millwright/access';
import { resourceModule } from '#millwright/resources';
import { assetTypes } from './asset-types.js';
import { assets } from './assets.js';
import { CurrencyUse } from './currency-use.js';
import { customers } from './customers.js';
import { entities } from './entities.js';
import { LastEntity } from './last-entity.js';
import { locations } from './locations.js';
import { SiteDirectory } from './site-directory.js';

/** Every kind of record of this room: its projections and sequences are wanted at start. */
export const siteRecords = [customers, entities, locations, assetTypes, assets];

@Global()
@Module({
  imports: [resourceModule(siteRecords)],
  providers: [{ provide: EntityDirectory, useClass: SiteDirectory }, KnownSites, CurrencyUse, LastEntity],
  exports: [EntityDirectory, KnownSites],
})
export class SitesModule {}

import { Global, Module } from '@nestjs/common';
import { EntityDirectory, type EntityScope, type RequestScope } from '#millwright/access';

const mainFacility: EntityScope = {
  id: 1,
  name: 'Main Facility',
  currency: 'USD',
  currency_symbol: '$',
  datetime_format: 'MM/DD/YYYY',
  timezone: 'Etc/UTC: +00:00',
};

/** The customer and the site that every installation begins with. Gives way to the directory of libs/sites. */
class FirstSite extends EntityDirectory {
  async find(customerId: number, entityId: number): Promise<EntityScope | null> {
    return customerId === 1 && entityId === 1 ? mainFacility : null;
  }

  async customer(customerId: number): Promise<RequestScope['customer']> {
    return { id: customerId, name: '' };
  }
}

@Global()
@Module({ providers: [{ provide: EntityDirectory, useClass: FirstSite }], exports: [EntityDirectory] })
export class FirstSiteModule {}

import { Module, type OnModuleInit } from '@nestjs/common';
import { Relations, resourceModule } from '#millwright/resources';
import { primaryContact } from './primary-contact.js';
import { servedCustomers } from './served-customers.js';
import { userAccessResolvers } from './user-access.shown.js';
import { users } from './users.js';
import { vendorAssets } from './vendor-assets.js';
import { vendors } from './vendors.js';

/** Every kind of record of this room: its projections and sequences are wanted at start. */
export const peopleRecords = [users, vendors, servedCustomers];

@Module({ imports: [resourceModule(peopleRecords)], providers: [...userAccessResolvers, primaryContact.resolver] })
export class PeopleModule implements OnModuleInit {
  constructor(private readonly relations: Relations) {}

  onModuleInit(): void {
    this.relations.register(vendorAssets);
  }
}

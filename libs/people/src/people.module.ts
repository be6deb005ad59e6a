import { Module, type OnModuleInit } from '@nestjs/common';
import { operationHandlers, Relations, resourceModule } from '#millwright/resources';
import { PersonalDataController } from './personal-data.controller.js';
import { PersonalDataReader } from './personal-data-reader.js';
import { PersonalDataResolver } from './personal-data.resolver.js';
import { personalDataResolvers } from './personal-data.shown.js';
import { primaryContact } from './primary-contact.js';
import { servedCustomers } from './served-customers.js';
import { userAccessResolvers } from './user-access.shown.js';
import { userOperations } from './user.operations.js';
import { UserEraser } from './user-eraser.js';
import { UserTraces } from './user-traces.js';
import { users } from './users.js';
import { vendorAssets } from './vendor-assets.js';
import { vendors } from './vendors.js';

/** Every kind of record of this room: its projections and sequences are wanted at start. */
export const peopleRecords = [users, vendors, servedCustomers];

@Module({
  imports: [resourceModule(peopleRecords, [{ resource: users, operations: userOperations }])],
  controllers: [PersonalDataController],
  providers: [
    ...operationHandlers(userOperations),
    ...userAccessResolvers,
    ...personalDataResolvers,
    primaryContact.resolver,
    PersonalDataReader,
    PersonalDataResolver,
    UserEraser,
    UserTraces,
  ],
})
export class PeopleModule implements OnModuleInit {
  constructor(private readonly relations: Relations) {}

  onModuleInit(): void {
    this.relations.register(vendorAssets);
  }
}

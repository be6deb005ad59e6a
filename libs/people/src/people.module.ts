import { Module } from '@nestjs/common';
import { resourceModule } from '#millwright/resources';
import { servedCustomers } from './served-customers.js';
import { users } from './users.js';
import { vendors } from './vendors.js';

/** Every kind of record of this room: its projections and sequences are wanted at start. */
export const peopleRecords = [users, vendors, servedCustomers];

@Module({ imports: [resourceModule(peopleRecords)] })
export class PeopleModule {}

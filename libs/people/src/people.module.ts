import { Module } from '@nestjs/common';
import { resourceModule } from '#millwright/resources';
import { users } from './users.js';

/** Every kind of record of this room: its projections and sequences are wanted at start. */
export const peopleRecords = [users];

@Module({ imports: [resourceModule(peopleRecords)] })
export class PeopleModule {}

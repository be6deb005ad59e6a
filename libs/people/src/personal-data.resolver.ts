import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { idOfPath, OverGraphql } from '#millwright/resources';
import { personalData } from './personal-data.shown.js';
import { PersonalDataReader } from './personal-data-reader.js';
import { personalDataRead } from './user.operations.js';

@Resolver(() => personalData.type)
export class PersonalDataResolver {
  constructor(private readonly people: PersonalDataReader) {}

  @Query(() => personalData.type, {
    name: 'userPersonalData',
    nullable: true,
    description: 'All that is known of a person. Refused with NOT_FOUND.',
  })
  @OverGraphql(personalDataRead)
  userPersonalData(@Args('userId', { type: () => ID, description: 'The number of the person.' }) userId: string): Promise<Row> {
    return this.people.row(idOfPath(userId));
  }
}

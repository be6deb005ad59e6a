import { Controller, Get } from '@nestjs/common';
import { ApiAnswer, ApiHeading, OverRest, PathId, type Answer } from '#millwright/resources';
import { personalData } from './personal-data.shown.js';
import { PersonalDataReader } from './personal-data-reader.js';
import { personalDataRead } from './user.operations.js';
import { users } from './users.js';

@ApiHeading('users', users.heading)
@Controller('api/v1/users/:id/personal_data')
export class PersonalDataController {
  constructor(private readonly people: PersonalDataReader) {}

  @Get()
  @OverRest(personalDataRead)
  @ApiAnswer(personalData.type)
  one(@PathId() id: number): Promise<Answer> {
    return this.people.answer(id);
  }
}

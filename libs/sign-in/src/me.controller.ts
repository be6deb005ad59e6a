import { Controller, Get } from '@nestjs/common';
import { Answer, ApiAnswer, ApiHeading, OverRest, reads } from '#millwright/resources';
import { Me } from './me.js';
import { MeAnswer } from './me.fields.js';

@ApiHeading('auth', 'Signing in, going on and signing out; over REST only.')
@Controller('api/v1/auth/me')
export class MeController {
  constructor(private readonly me: Me) {}

  @Get()
  @OverRest(
    reads({
      name: 'getMe',
      scopes: [],
      summary: 'Show who you are',
      description: 'With any credential: whose it is, and what it may do at which site at this moment.',
    }),
  )
  @ApiAnswer(MeAnswer)
  async show(): Promise<Answer> {
    return new Answer(await this.me.show());
  }
}

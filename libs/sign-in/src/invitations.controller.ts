import { Controller, Param, Post } from '@nestjs/common';
import { Answer, ApiAnswer, ApiHeading, idOfPath, OverRest, writes } from '#millwright/resources';
import { Invitations } from './invitations.js';
import { LinkAnswer } from './sign-in.fields.js';

const scopes = ['access:manage'];
const secrets = ['link', 'token'];

@ApiHeading('auth', 'Signing in, going on and signing out; over REST only.')
@Controller('api/v1/users/:id')
export class InvitationsController {
  constructor(private readonly invitations: Invitations) {}

  @Post('invite')
  @OverRest(
    writes({
      name: 'inviteUser',
      scopes,
      summary: 'Invite a person',
      description: 'By mail, or with a link to hand over where there is none. Good for five days; needs everything that the person may do.',
    }),
  )
  @ApiAnswer(LinkAnswer, { status: 201 })
  async invite(@Param('id') id: string): Promise<Answer> {
    const { answer, ...facts } = await this.invitations.invite(idOfPath(id));
    return new Answer(answer, { ...facts, secrets });
  }

  @Post('reset_password')
  @OverRest(
    writes({
      name: 'offerPasswordReset',
      scopes,
      summary: "Reset a person's password",
      description:
        'By a link, mailed or to hand over, good for a day; needs everything that the person may do. The old one stays good until then.',
    }),
  )
  @ApiAnswer(LinkAnswer, { status: 201 })
  async reset(@Param('id') id: string): Promise<Answer> {
    const { answer, ...facts } = await this.invitations.offerReset(idOfPath(id));
    return new Answer(answer, { ...facts, secrets });
  }
}

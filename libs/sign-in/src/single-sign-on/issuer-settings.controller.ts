import { Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { Answer, ApiAnswer, ApiHeading, OverRest, PlainBody, reads, writes } from '#millwright/resources';
import { Issuer } from './issuer.js';
import { IssuerSettingsStore } from './issuer-settings.js';
import { IssuerInput, ShownIssuer, type IssuerAnswer } from './single-sign-on.fields.js';

const scopes = ['access:manage'];

@ApiHeading('access', 'Who may do what: roles are named sets of scopes, and a permission is a role of a person at a site.')
@Controller('api/v1/access/oidc')
export class IssuerSettingsController {
  constructor(
    private readonly settings: IssuerSettingsStore,
    private readonly issuer: Issuer,
  ) {}

  @Get()
  @OverRest(
    reads({
      name: 'getSingleSignOn',
      scopes,
      summary: 'Show the issuer of single sign-on',
      description: 'Never its secret; null where none is set. To sign in by it needs the tier enterprise.',
    }),
  )
  @ApiAnswer(ShownIssuer, { mayBeNull: true })
  async show(): Promise<Answer> {
    const shown = await this.settings.show();
    return new Answer(shown && this.whole(shown));
  }

  @Put()
  @OverRest(
    writes({
      name: 'setSingleSignOn',
      scopes,
      summary: 'Set the issuer of single sign-on',
      description:
        'OpenID Connect, for one issuer. Whoever sets it holds all that the default role holds, at each of its sites, and all that everybody may whom the issuer can vouch for: those without `access:manage`, and those who have linked their account. Refused with VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS.',
    }),
  )
  @ApiAnswer(ShownIssuer)
  async set(@PlainBody(IssuerInput) said: IssuerInput): Promise<Answer> {
    const { shown, position } = await this.settings.set(said);
    return new Answer(this.whole(shown), { position });
  }

  @Delete()
  @HttpCode(204)
  @OverRest(
    writes({
      name: 'removeSingleSignOn',
      scopes,
      summary: 'Remove the issuer of single sign-on',
      description: 'Nobody comes in that way any more; who is in stays in. Whose account was linked stays known. Refused with NOT_FOUND.',
    }),
  )
  @ApiResponse({ status: 204, description: 'Removed.' })
  async remove(): Promise<Answer> {
    return new Answer(null, await this.settings.remove());
  }

  private whole(shown: IssuerAnswer): ShownIssuer {
    return { ...shown, redirect_uri: this.issuer.callback };
  }
}

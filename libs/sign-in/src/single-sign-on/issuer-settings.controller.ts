import { Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { Answer, ApiAnswer, ApiHeading, OverRest, PlainBody, RelatedRecords } from '#millwright/resources';
import { getSingleSignOn, removeSingleSignOn, setSingleSignOn } from './issuer-settings.operations.js';
import { IssuerSettingsStore } from './issuer-settings.js';
import { IssuerInput, issuerShown } from './single-sign-on.fields.js';

@ApiHeading('access', 'Who may do what: roles are named sets of scopes, and a permission is a role of a person at a site.')
@Controller('api/v1/access/oidc')
export class IssuerSettingsController {
  constructor(
    private readonly settings: IssuerSettingsStore,
    private readonly related: RelatedRecords,
  ) {}

  @Get()
  @OverRest(getSingleSignOn)
  @ApiAnswer(issuerShown.type, { mayBeNull: true })
  async show(): Promise<Answer> {
    const row = await this.settings.show();
    return new Answer(row && (await issuerShown.print(row, this.related)));
  }

  @Put()
  @OverRest(setSingleSignOn)
  @ApiAnswer(issuerShown.type)
  async set(@PlainBody(IssuerInput) said: IssuerInput): Promise<Answer> {
    const { row, position } = await this.settings.set(said);
    return new Answer(await issuerShown.print(row, this.related), { position });
  }

  @Delete()
  @HttpCode(204)
  @OverRest(removeSingleSignOn)
  @ApiResponse({ status: 204, description: 'Removed.' })
  async remove(): Promise<Answer> {
    const { position } = await this.settings.remove();
    return new Answer(null, { position });
  }
}

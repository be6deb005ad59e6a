import { Controller, Put } from '@nestjs/common';
import { users } from '#millwright/people';
import { Answer, ApiAnswer, ApiHeading, OverRest, PathId, PlainBody, RelatedRecords } from '#millwright/resources';
import { InstallationManagerInput, InstallationManagers, installationManagerShown } from './installation-managers.js';
import { setInstallationManager } from './roles.operations.js';

@ApiHeading('users', users.heading)
@Controller('api/v1/users/:id/installation_manager')
export class InstallationManagersController {
  constructor(
    private readonly managers: InstallationManagers,
    private readonly related: RelatedRecords,
  ) {}

  @Put()
  @OverRest(setInstallationManager)
  @ApiAnswer(installationManagerShown.type)
  async set(@PathId() id: number, @PlainBody(InstallationManagerInput) { granted }: InstallationManagerInput): Promise<Answer> {
    const { row, revision, position } = await this.managers.set(id, granted);
    return new Answer(await installationManagerShown.print(row, this.related), { position, revision });
  }
}

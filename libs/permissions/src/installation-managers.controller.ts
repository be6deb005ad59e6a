import { Controller, Put } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { currentScope, KnownAccess, nameInstallationManager, requirePerson } from '#millwright/access';
import { EventStore } from '#millwright/event-sourcing';
import { Flag } from '#millwright/fields';
import { users } from '#millwright/people';
import { Answer, ApiAnswer, ApiHeading, OverRest, PathId, PlainBody, requireHere, writes } from '#millwright/resources';

class InstallationManagerInput {
  @Flag({ description: 'Whether the person may look after the installation.', required: true, example: true }) granted!: boolean;
}

class InstallationManagerAnswer {
  @ApiProperty({ type: Number, description: 'The number of the person.' }) user_id!: number;
  @ApiProperty({ type: Boolean, description: 'Whether the person may look after the installation.' }) granted!: boolean;
}

@ApiHeading('users', users.heading)
@Controller('api/v1/users/:id/installation_manager')
export class InstallationManagersController {
  constructor(
    private readonly access: KnownAccess,
    private readonly events: EventStore,
  ) {}

  @Put()
  @OverRest(
    writes({
      name: 'setInstallationManager',
      scopes: ['installation:manage'],
      summary: 'Say who may look after the installation',
      description:
        'No role holds `installation:manage`: the key of the first start gives it, and whoever has it. If-Match is not about this. Refused with NOT_FOUND.',
    }),
  )
  @ApiAnswer(InstallationManagerAnswer)
  async set(@PathId() id: number, @PlainBody(InstallationManagerInput) { granted }: InstallationManagerInput): Promise<Answer> {
    requirePerson(currentScope().principal);
    requireHere((await this.events.load(users.stream, id)).state.history, 'customer');
    const { position, revision } = await this.access.decide((state, by) => nameInstallationManager(state, by, { userId: id, granted }));
    return new Answer({ user_id: id, granted }, { position, revision });
  }
}

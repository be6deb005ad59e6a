import { Controller, Put } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { builtInUserId, currentScope, KnownAccess, nameInstallationManager, requirePerson } from '#millwright/access';
import { EventStore, Rejection } from '#millwright/event-sourcing';
import { Flag } from '#millwright/fields';
import { users } from '#millwright/people';
import { Answer, ApiAnswer, ApiHeading, OverRest, PathId, PlainBody, noSuchRecord, requireHere, writes } from '#millwright/resources';

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
        'No role holds `installation:manage`: the key of the first start gives it, and whoever has it. If-Match is about all that is granted. Refused with NOT_FOUND, CONFLICT (the built-in user), PRECONDITION_FAILED.',
    }),
  )
  @ApiAnswer(InstallationManagerAnswer)
  async set(@PathId() id: number, @PlainBody(InstallationManagerInput) { granted }: InstallationManagerInput): Promise<Answer> {
    requirePerson(currentScope().principal);
    if (id === builtInUserId)
      throw new Rejection('CONFLICT', 'The built-in user stands for the administrator’s key, which looks after it anyway.');
    const { state } = await this.events.load(users.stream, id);
    requireHere(state.history, 'customer');
    if (state.erased) throw noSuchRecord();
    const { position, revision } = await this.access.decide((state, by) => nameInstallationManager(state, by, { userId: id, granted }), {
      matches: true,
    });
    return new Answer({ user_id: id, granted }, { position, revision });
  }
}

import { Injectable } from '@nestjs/common';
import { InputType } from '@nestjs/graphql';
import { builtInUserId, KnownAccess, nameInstallationManager } from '#millwright/access';
import { EventStore, Rejection, type Position, type Row } from '#millwright/event-sourcing';
import { Flag, Reference, ShownFlag, ShownId } from '#millwright/fields';
import { users } from '#millwright/people';
import { defineShownType, noSuchRecord, requireHere } from '#millwright/resources';

const granted = 'Whether the person may look after the installation.';

export class InstallationManagerInput {
  @Flag({ description: granted, required: true, example: true }) granted!: boolean;
}

/** The same where no path says who is meant. */
@InputType('SetInstallationManagerInput', { description: 'Who may look after the installation, or may no more.' })
export class SetInstallationManagerInput {
  @Reference('user', { required: true, description: 'The number of the person.' }) user_id!: number;
  @Flag({ description: granted, required: true }) granted!: boolean;
}

class InstallationManagerFields {
  @ShownId({ always: true, description: 'The number of the person.' }) user_id!: number;
  @ShownFlag({ always: true, description: granted }) granted!: boolean;
}

export const installationManagerShown = defineShownType(
  'InstallationManager',
  InstallationManagerFields,
  'A person, and whether he may look after the installation.',
);

/** Who may look after the installation: named by its key, or by whoever may (contract, part 4, S95). */
@Injectable()
export class InstallationManagers {
  constructor(
    private readonly access: KnownAccess,
    private readonly events: EventStore,
  ) {}

  /** @throws Rejection INSUFFICIENT_PERMISSIONS, CONFLICT (the built-in user), NOT_FOUND, PRECONDITION_FAILED */
  async set(userId: number, isGranted: boolean): Promise<Readonly<{ row: Row; revision: number; position: Position }>> {
    if (userId === builtInUserId)
      throw new Rejection('CONFLICT', 'The built-in user stands for the administrator’s key, which looks after it anyway.');
    const { state } = await this.events.load(users.stream, userId);
    requireHere(state.history, 'customer');
    if (state.erased) throw noSuchRecord();
    const { position, revision } = await this.access.decide(
      (known, by) => nameInstallationManager(known, by, { userId, granted: isGranted }),
      {
        matches: true,
      },
    );
    return { row: { user_id: userId, granted: isGranted }, revision, position };
  }
}

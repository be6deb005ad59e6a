import { Mutation, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { Input, Mutations, Options, OverGraphql, type MutationOptions } from '#millwright/resources';
import { InstallationManagers, installationManagerShown, SetInstallationManagerInput } from './installation-managers.js';
import { setInstallationManager } from './roles.operations.js';

@Resolver()
export class InstallationManagersResolver {
  constructor(
    private readonly managers: InstallationManagers,
    private readonly mutations: Mutations,
  ) {}

  @Mutation(() => installationManagerShown.type, {
    name: 'setInstallationManager',
    nullable: true,
    description: `${setInstallationManager.summary}. ${setInstallationManager.description.replace('If-Match', '`expectedRevision`')}`,
  })
  @OverGraphql(setInstallationManager)
  set(@Input(SetInstallationManagerInput) asked: SetInstallationManagerInput, @Options() options: MutationOptions): Promise<Row> {
    return this.mutations.run(setInstallationManager, asked, options, () => this.managers.set(asked.user_id, asked.granted));
  }
}

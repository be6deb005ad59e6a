import { Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { Input, Mutations, Options, OverGraphql, type MutationOptions } from '#millwright/resources';
import { LimitsReader } from './limits-reader.js';
import { changeInstallation, getInstallation, getLimits } from './limits.operations.js';
import { ChangeInstallation, installationShown, limitsShown } from './limits.shown.js';

@Resolver()
export class LimitsResolver {
  constructor(
    private readonly reader: LimitsReader,
    private readonly mutations: Mutations,
  ) {}

  @Query(() => limitsShown.type, { name: 'limits', nullable: true, description: 'How much may be asked, and how much of it is left.' })
  @OverGraphql(getLimits)
  limits(): Promise<Row> {
    return this.reader.limitsRow();
  }

  @Query(() => installationShown.type, {
    name: 'installation',
    nullable: true,
    description: 'What this installation is set to. Refused with INSUFFICIENT_PERMISSIONS.',
  })
  @OverGraphql(getInstallation)
  installation(): Promise<Row> {
    return this.reader.installationRow();
  }

  @Mutation(() => installationShown.type, {
    name: 'changeInstallation',
    nullable: true,
    description: `${changeInstallation.summary}. ${changeInstallation.description} Refused with INSUFFICIENT_PERMISSIONS, VALIDATION_FAILED.`,
  })
  @OverGraphql(changeInstallation)
  change(@Input(ChangeInstallation) input: ChangeInstallation, @Options() options: MutationOptions): Promise<Row> {
    return this.mutations.run(changeInstallation, input, options, () => this.reader.change(input));
  }
}

import { Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { Mutations, Options, OverGraphql, type MutationOptions } from '#millwright/resources';
import { getSingleSignOn, removeSingleSignOn } from './issuer-settings.operations.js';
import { IssuerSettingsStore } from './issuer-settings.js';
import { issuerShown } from './single-sign-on.fields.js';

@Resolver()
export class IssuerSettingsResolver {
  constructor(
    private readonly settings: IssuerSettingsStore,
    private readonly mutations: Mutations,
  ) {}

  @Query(() => issuerShown.type, {
    name: 'singleSignOn',
    nullable: true,
    description: `${getSingleSignOn.summary}. ${getSingleSignOn.description}`,
  })
  @OverGraphql(getSingleSignOn)
  show(): Promise<Row | null> {
    return this.settings.show();
  }

  @Mutation(() => issuerShown.type, {
    name: 'removeSingleSignOn',
    nullable: true,
    description: `${removeSingleSignOn.summary}, which is shown as it was. ${removeSingleSignOn.description}`,
  })
  @OverGraphql(removeSingleSignOn)
  remove(@Options() options: MutationOptions): Promise<Row | null> {
    return this.mutations.run<Row | null>(removeSingleSignOn, {}, options, () => this.settings.remove());
  }
}

import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { inGraphqlWords } from '#millwright/fields';
import {
  idInputOfOther,
  idOfPath,
  Input,
  Mutations,
  Options,
  OverGraphql,
  updateInputOfOther,
  type DescribedOperation,
  type MutationOptions,
} from '#millwright/resources';
import { RoleInput } from './role.commands.js';
import { roleShown, scopeShown } from './role.shown.js';
import { createRole, getRole, listRoles, listScopes, removeRole, updateRole } from './roles.operations.js';
import { Roles } from './roles.js';

const UpdateRole = updateInputOfOther('role', 'Role', RoleInput);
const WhichRole = idInputOfOther('role', 'Role');

const told = ({ summary, description }: DescribedOperation): string => `${summary}. ${inGraphqlWords(description)}`;

/** How many there are is not known before. */
const complexity = ({ childComplexity }: { childComplexity: number }): number => 100 + 100 * childComplexity;

/** Roles over GraphQL. */
@Resolver(() => roleShown.type)
export class RolesResolver {
  constructor(
    private readonly roles: Roles,
    private readonly mutations: Mutations,
  ) {}

  @Query(() => [scopeShown.type], { name: 'scopes', complexity, description: told(listScopes) })
  @OverGraphql(listScopes)
  scopes(): readonly Row[] {
    return this.roles.scopes();
  }

  @Query(() => [roleShown.type], { name: 'roles', complexity, description: told(listRoles) })
  @OverGraphql(listRoles)
  list(): Promise<readonly Row[]> {
    return this.roles.list();
  }

  @Query(() => roleShown.type, { name: 'role', nullable: true, description: 'A role by its number. Refused with NOT_FOUND.' })
  @OverGraphql(getRole)
  one(@Args('id', { type: () => ID, description: 'The number of the role.' }) id: string): Promise<Row> {
    return this.roles.one(idOfPath(id));
  }

  @Mutation(() => roleShown.type, { name: 'createRole', nullable: true, description: told(createRole) })
  @OverGraphql(createRole)
  define(@Input(RoleInput) said: RoleInput, @Options() options: MutationOptions): Promise<Row> {
    return this.mutations.run(createRole, said, options, () => this.roles.define(said));
  }

  @Mutation(() => roleShown.type, { name: 'updateRole', nullable: true, description: told(updateRole) })
  @OverGraphql(updateRole)
  change(@Input(UpdateRole) asked: Partial<RoleInput> & { id: number }, @Options() options: MutationOptions): Promise<Row> {
    const { id, ...said } = asked;
    return this.mutations.run(updateRole, asked, options, () => this.roles.change(id, said));
  }

  @Mutation(() => roleShown.type, {
    name: 'removeRole',
    nullable: true,
    description: `${removeRole.summary}, which is shown as it was. ${removeRole.description}`,
  })
  @OverGraphql(removeRole)
  remove(@Input(WhichRole) asked: { id: number }, @Options() options: MutationOptions): Promise<Row | null> {
    return this.mutations.run<Row | null>(removeRole, asked, options, () => this.roles.remove(asked.id));
  }
}

import { InputType } from '@nestjs/graphql';
import { Name, partialClassOf, Texts, type Class } from '#millwright/fields';

export class RoleInput {
  @Name({
    description: 'What it is called: unique in the installation, without regard to case.',
    required: true,
    max: 100,
    example: 'planner',
  })
  name!: string;
  @Texts({
    description: 'What it holds: scopes that `GET /access/scopes` lists, except `installation:manage`.',
    required: true,
    most: 500,
    max: 100,
    example: ['work_orders:read', 'work_orders:write'],
  })
  scopes!: string[];
}

InputType('CreateRoleInput', { description: 'What a role of your own is called, and what it holds.' })(RoleInput);

export const RoleChanges = partialClassOf(RoleInput, 'RoleChanges') as Class<Partial<RoleInput>>;

import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { Answer, ApiAnswer, ApiHeading, OverRest, PathId, PlainBody, reads, writes } from '#millwright/resources';
import { RoleChanges, RoleInput } from './role.commands.js';
import { ShownRole, ShownScope } from './role.shown.js';
import { Roles } from './roles.js';

const scopes = ['access:manage'];

/** Roles over REST. */
@ApiHeading('access', 'Who may do what: roles are named sets of scopes, and a permission is a role of a person at a site.')
@Controller('api/v1/access')
export class RolesController {
  constructor(private readonly roles: Roles) {}

  @Get('scopes')
  @OverRest(
    reads({ name: 'listScopes', scopes, summary: 'List the scopes', description: 'Every scope that an operation or a field names.' }),
  )
  @ApiAnswer(ShownScope, { list: true })
  scopes(): Answer {
    return new Answer(this.roles.scopes());
  }

  @Get('roles')
  @OverRest(
    reads({ name: 'listRoles', scopes, summary: 'List the roles', description: 'Those that are built in, then those of your own.' }),
  )
  @ApiAnswer(ShownRole, { list: true })
  async list(): Promise<Answer> {
    return new Answer(await this.roles.list());
  }

  @Get('roles/:id')
  @OverRest(reads({ name: 'getRole', scopes, summary: 'Show a role', description: 'Its tag is that of all that is granted.' }))
  @ApiAnswer(ShownRole)
  one(@PathId() id: number): Promise<Answer> {
    return this.roles.one(id);
  }

  @Post('roles')
  @OverRest(
    writes({
      name: 'createRole',
      scopes,
      summary: 'Define a role of your own',
      description:
        'Nobody gives what he has not: whoever defines it holds all of its scopes at every site. Refused with VALIDATION_FAILED.',
    }),
  )
  @ApiAnswer(ShownRole, { status: 201 })
  define(@PlainBody(RoleInput) said: RoleInput): Promise<Answer> {
    return this.roles.define(said);
  }

  @Patch('roles/:id')
  @OverRest(
    writes({
      name: 'updateRole',
      scopes,
      summary: 'Change a role of your own',
      description:
        'It changes at once for everybody who has it. Refused with NOT_FOUND, CONFLICT (it is built in), VALIDATION_FAILED, PRECONDITION_FAILED.',
    }),
  )
  @ApiAnswer(ShownRole)
  change(@PathId() id: number, @PlainBody(RoleChanges) said: Partial<RoleInput>): Promise<Answer> {
    return this.roles.change(id, said);
  }

  @Delete('roles/:id')
  @HttpCode(204)
  @OverRest(
    writes({
      name: 'removeRole',
      scopes,
      summary: 'Remove a role of your own',
      description: 'Refused with NOT_FOUND, CONFLICT (it is built in), RECORD_IN_USE (somebody has it), PRECONDITION_FAILED.',
    }),
  )
  remove(@PathId() id: number): Promise<Answer> {
    return this.roles.remove(id);
  }
}

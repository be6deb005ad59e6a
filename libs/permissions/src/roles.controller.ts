import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { allKnown, type Row } from '#millwright/event-sourcing';
import { Answer, ApiAnswer, ApiHeading, OverRest, PathId, PlainBody, RelatedRecords, type ShownType } from '#millwright/resources';
import { RoleChanges, RoleInput } from './role.commands.js';
import { roleShown, scopeShown } from './role.shown.js';
import { createRole, getRole, listRoles, listScopes, removeRole, updateRole } from './roles.operations.js';
import { Roles, type DecidedRole } from './roles.js';

/** Roles over REST. */
@ApiHeading('access', 'Who may do what: roles are named sets of scopes, and a permission is a role of a person at a site.')
@Controller('api/v1/access')
export class RolesController {
  constructor(
    private readonly roles: Roles,
    private readonly related: RelatedRecords,
  ) {}

  @Get('scopes')
  @OverRest(listScopes)
  @ApiAnswer(scopeShown.type, { list: true })
  scopes(): Promise<Answer> {
    return this.listed(scopeShown, this.roles.scopes());
  }

  @Get('roles')
  @OverRest(listRoles)
  @ApiAnswer(roleShown.type, { list: true })
  async list(): Promise<Answer> {
    return this.listed(roleShown, await this.roles.list());
  }

  @Get('roles/:id')
  @OverRest(getRole)
  @ApiAnswer(roleShown.type)
  async one(@PathId() id: number): Promise<Answer> {
    const row = await this.roles.one(id);
    return new Answer(await roleShown.print(row, this.related), { revision: row.revision });
  }

  @Post('roles')
  @OverRest(createRole)
  @ApiAnswer(roleShown.type, { status: 201 })
  async define(@PlainBody(RoleInput) said: RoleInput): Promise<Answer> {
    return this.decided(await this.roles.define(said));
  }

  @Patch('roles/:id')
  @OverRest(updateRole)
  @ApiAnswer(roleShown.type)
  async change(@PathId() id: number, @PlainBody(RoleChanges) said: Partial<RoleInput>): Promise<Answer> {
    return this.decided(await this.roles.change(id, said));
  }

  @Delete('roles/:id')
  @HttpCode(204)
  @OverRest(removeRole)
  async remove(@PathId() id: number): Promise<Answer> {
    const { revision, position } = await this.roles.remove(id);
    return new Answer(null, { revision, position });
  }

  private async decided({ row, position }: DecidedRole): Promise<Answer> {
    return new Answer(await roleShown.print(row, this.related), { revision: row.revision, position });
  }

  private async listed({ print }: ShownType, rows: readonly Row[]): Promise<Answer> {
    return new Answer(await allKnown(rows.map((row) => print(row, this.related))));
  }
}

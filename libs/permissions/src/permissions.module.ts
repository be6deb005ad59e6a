import { Global, Module } from '@nestjs/common';
import { KnownAccess, RoleTurns } from '#millwright/access';
import { UserSuspensions } from '#millwright/people';
import { InstallationManagersController } from './installation-managers.controller.js';
import { InstallationManagers, installationManagerShown } from './installation-managers.js';
import { InstallationManagersResolver } from './installation-managers.resolver.js';
import { roleShown, scopeShown } from './role.shown.js';
import { Roles } from './roles.js';
import { RolesController } from './roles.controller.js';
import { RolesResolver } from './roles.resolver.js';
import { SiteWriter } from './site-writer.js';
import { UserWriter } from './user-writer.js';

/** Who may do what: roles, and who has which at which site. */
@Global()
@Module({
  controllers: [RolesController, InstallationManagersController],
  providers: [
    KnownAccess,
    RoleTurns,
    UserSuspensions,
    Roles,
    RolesResolver,
    InstallationManagers,
    InstallationManagersResolver,
    roleShown.resolver,
    scopeShown.resolver,
    installationManagerShown.resolver,
    UserWriter,
    SiteWriter,
  ],
  exports: [KnownAccess, RoleTurns, UserSuspensions],
})
export class PermissionsModule {}

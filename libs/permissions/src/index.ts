export { PermissionsModule } from './permissions.module.js';
export { siteAdministrators } from './site-administrators.js';

export { CookieSessions } from './cookie-sessions.js';
export { endingsOfSessions } from './endings.js';
export { FirstAdministrator } from './first-administrator.js';
export { IssuerSettingsStore } from './single-sign-on/issuer-settings.js';
export { SignInModule } from './sign-in.module.js';
export { signInErrors } from './errors.js';
export { signInMigrations } from './migrations.js';
export type * from './domain/sign-in.events.js';
export type * from './domain/single-sign-on.events.js';

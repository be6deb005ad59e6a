export { TrustedProxies } from './addresses.js';
export { CountedAddresses } from './counted-addresses.js';
export { standingOf } from './domain/standing.js';
export { limitErrors } from './errors.js';
export { InstallationEnvironment } from './installation-settings.js';
export { Limits, tooMany, type CountedCall } from './limits.js';
export { LimitsModule } from './limits.module.js';
export { limitMigrations } from './migrations.js';

export { AccessTokens, type IssuedToken, type TokenSubject, type VerifiedToken } from './access-tokens.js';
export { Authentication, type Verifier } from './authentication.js';
export { CredentialsModule } from './credentials.module.js';
export { InstallationSecret } from './installation-secret.js';
export { credentialEntities, credentialMigrations } from './migrations.js';
export { credentialIds } from './machine-credentials.js';
export { OAuthRefusal } from './oauth-refusal.js';
export { PublicUrl } from './public-url.js';
export { SigningKeys } from './signing-keys.js';

export * from './users.js';
export * from './people.module.js';
export { vendorAssetsReaction } from './vendor-assets.js';
export { PermissionInput } from './permissions.js';
export { userMigrations } from './earlier-e-mails.js';
export { peopleErrors } from './errors.js';
export { primaryContact, primaryContactOf } from './primary-contact.js';
export { ShownVendors } from './shown-vendors.js';
export { Email } from './email.js';

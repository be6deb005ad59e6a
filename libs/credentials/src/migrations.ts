import type { Migration } from '#millwright/event-sourcing';
import { CredentialSecret } from './credential-secret.entity.js';
import { CredentialUse } from './credential-use.entity.js';
import { SigningKey } from './signing-key.entity.js';

export const credentialEntities = [SigningKey, CredentialSecret, CredentialUse];

/** Tables of this lib in schema `app` (backed up, never rebuilt). Frozen: a change is a new migration after these. */
export const credentialMigrations: readonly Migration[] = [
  {
    name: '0001-signing-keys',
    sql: `
create table app.installation_secret (
  only_row boolean primary key default true check (only_row),
  check_value bytea not null,
  since timestamptz not null default now()
);
comment on table app.installation_secret is 'What the secret of this installation is known by; it is not the secret, and nothing follows from it.';

create table app.signing_keys (
  key_id text primary key,
  public_key jsonb not null,
  sealed_private_key text not null,
  is_first boolean not null,
  created_at timestamptz not null default now()
);
create unique index signing_keys_one_first on app.signing_keys (is_first) where is_first;
comment on table app.signing_keys is 'Keys that sign access tokens; the private part is sealed with a key derived from the secret.';
`,
  },
  {
    name: '0002-credentials-of-machines',
    sql: `
create table app.credential_secrets (
  secret_id text primary key,
  secret_hash bytea not null,
  created_at timestamptz not null default now()
);
comment on table app.credential_secrets is 'The SHA-256 of the secrets of API keys, clients and service accounts.';

create table app.credential_uses (
  credential_id bigint primary key,
  last_used_at timestamptz not null
);
comment on table app.credential_uses is 'When each credential was used last, to within a minute.';
`,
  },
];

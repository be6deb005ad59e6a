import type { Migration } from '#millwright/event-sourcing';
import { SigningKey } from './signing-key.entity.js';

export const credentialEntities = [SigningKey];

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
];

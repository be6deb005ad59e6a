import { ApiKey } from './api-key.entity.js';

/** The mutable tables of this lib that TypeORM's repositories read and write; those of idempotency keys are statements of their own. */
export const accessEntities = [ApiKey];

/**
 * Tables of this lib in schema `app` (backed up, never rebuilt). Frozen: a change is a new migration after these.
 */
export const accessMigrations: readonly Readonly<{ name: string; sql: string }>[] = [
  {
    name: '0001-api-keys',
    sql: `
      CREATE SCHEMA IF NOT EXISTS app;
      CREATE TABLE app.api_keys (
        key_id text PRIMARY KEY,
        secret_hash bytea NOT NULL,
        customer_id bigint NOT NULL,
        user_id bigint NOT NULL,
        -- null: everything
        scopes text[],
        is_bootstrap boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz
      );
      CREATE UNIQUE INDEX api_keys_one_bootstrap ON app.api_keys (is_bootstrap) WHERE is_bootstrap;
    `,
  },
  {
    name: '0002-idempotency-keys',
    sql: `
      CREATE TABLE app.idempotency_keys (
        -- uuidv5 of customer, credential, operation and key
        scope uuid PRIMARY KEY,
        fingerprint bytea NOT NULL,
        event_id_base uuid NOT NULL,
        -- where the request appends and the revision it decided from (-1: no stream); null where it appends nothing
        stream text,
        revision bigint,
        -- ids handed out, by sequence, in order
        allocated jsonb NOT NULL,
        owner uuid NOT NULL,
        lease_until timestamptz NOT NULL,
        -- the answer; null while in progress
        status integer,
        headers jsonb,
        body text,
        created_at timestamptz NOT NULL DEFAULT now()
      ) WITH (fillfactor = 80);
      CREATE INDEX idempotency_keys_age ON app.idempotency_keys USING brin (created_at);
    `,
  },
];

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
  {
    // The log's append calls these with the rows of the keys that travel with it (KeyRow); search_path as the caller has it, so every name is whole.
    name: '0003-idempotency-keys-with-appends',
    sql: `
      -- each stream that the request appends to, with the revision it decided from (-1: no stream), in place of stream and revision
      ALTER TABLE app.idempotency_keys ADD COLUMN streams jsonb NOT NULL DEFAULT '{}';
      UPDATE app.idempotency_keys SET streams = jsonb_build_object(stream, revision) WHERE stream IS NOT NULL AND status IS NULL;

      CREATE FUNCTION app.held_idempotency_keys(keys jsonb) RETURNS uuid[]
      LANGUAGE sql STABLE AS $$
        SELECT coalesce(array_agg(kept.scope), '{}')
        FROM jsonb_to_recordset(keys) AS wanted(scope uuid, "eventIdBase" uuid, owner uuid)
        JOIN app.idempotency_keys AS kept ON kept.scope = wanted.scope
        WHERE kept.event_id_base <> wanted."eventIdBase" OR kept.owner <> wanted.owner OR kept.status IS NOT NULL
      $$;

      CREATE FUNCTION app.keep_idempotency_keys(keys jsonb) RETURNS void
      LANGUAGE plpgsql VOLATILE AS $$
      DECLARE
        kept_now bigint;
      BEGIN
        INSERT INTO app.idempotency_keys AS kept (scope, fingerprint, event_id_base, streams, allocated, owner, lease_until)
        SELECT k.scope, decode(k.fingerprint, 'hex'), k."eventIdBase", k.streams, k.allocated, k.owner, now() + make_interval(secs => k."leaseSeconds")
        FROM jsonb_to_recordset(keys) AS k(scope uuid, fingerprint text, "eventIdBase" uuid, streams jsonb, allocated jsonb, owner uuid, "leaseSeconds" integer)
        ON CONFLICT (scope) DO UPDATE SET streams = excluded.streams, allocated = excluded.allocated, lease_until = excluded.lease_until
          WHERE kept.owner = excluded.owner AND kept.event_id_base = excluded.event_id_base AND kept.status IS NULL;
        GET DIAGNOSTICS kept_now = ROW_COUNT;
        IF kept_now < jsonb_array_length(keys) THEN
          -- Another request has stored one since it was looked for: nothing of this happens, and who asks again is told of it.
          RAISE EXCEPTION 'an Idempotency-Key was taken at this moment' USING ERRCODE = 'serialization_failure';
        END IF;
      END
      $$;
    `,
  },
  {
    // Ranges of a block range index never get narrower: where space of purged rows is used anew, each hour seemed to stand in half of the table.
    name: '0004-idempotency-keys-by-age',
    sql: `
      CREATE INDEX idempotency_keys_begun ON app.idempotency_keys (created_at);
      DROP INDEX app.idempotency_keys_age;
    `,
  },
];

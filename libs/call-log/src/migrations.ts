/**
 * The log of calls in schema `app` (contract, part 4, section 6). Frozen: a change is a new migration after these. Lines come as text, their fields with
 * US between them and lines with RS, since neither ever stands in one; an empty field is null. The order of the fields is that of `fieldsOf`.
 */
export const callLogMigrations: readonly Readonly<{ name: string; sql: string }>[] = [
  {
    name: '0001-api-calls',
    sql: `
      -- no line is ever updated: what became of a write is a line of its own
      CREATE TABLE app.api_call_lines (
        kept_at timestamptz NOT NULL,
        -- which batch it is of, and where it stands in it
        batch bigint NOT NULL,
        place integer NOT NULL,
        -- 1: a write has begun, 2: it was answered, 3: all of a call
        kind smallint NOT NULL,
        -- of the call
        id bigint NOT NULL,
        at timestamptz(3),
        request_id text COLLATE "C",
        credential_kind text,
        credential_id text,
        user_id bigint,
        entity_id bigint,
        address_id bigint,
        agent_id bigint,
        method text,
        route text,
        ids bigint[],
        bytes_in bigint,
        audit boolean,
        summary text,
        status smallint,
        code text,
        duration_us bigint,
        bytes_out bigint,
        error text
      ) PARTITION BY RANGE (kept_at);
      CREATE INDEX api_call_lines_at ON app.api_call_lines (at) WHERE kind <> 2;
      CREATE INDEX api_call_lines_request ON app.api_call_lines (request_id) WHERE kind <> 2;
      CREATE INDEX api_call_lines_answers ON app.api_call_lines (id) WHERE kind = 2;
      CREATE INDEX api_call_lines_batch ON app.api_call_lines USING brin (batch) WITH (pages_per_range = 16, autosummarize = on);

      CREATE TABLE app.api_call_batches (
        kept_at timestamptz NOT NULL,
        -- its place in the chain, without gaps
        number bigint NOT NULL,
        batch bigint NOT NULL,
        lines integer NOT NULL,
        -- the hash of the batch before it
        previous bytea NOT NULL,
        -- SHA-256 of that and of the text of the lines
        hash bytea NOT NULL
      ) PARTITION BY RANGE (kept_at);
      CREATE INDEX api_call_batches_number ON app.api_call_batches (number);

      -- The last batch, locked by whoever stores the next one.
      CREATE TABLE app.api_call_head (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        number bigint NOT NULL,
        hash bytea NOT NULL
      ) WITH (fillfactor = 10);
      INSERT INTO app.api_call_head (number, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

      CREATE FUNCTION app.refuse_change_of_api_calls() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the log of calls is never changed';
      END $$;
      CREATE TRIGGER api_call_lines_stay BEFORE UPDATE OR DELETE ON app.api_call_lines
        FOR EACH ROW EXECUTE FUNCTION app.refuse_change_of_api_calls();
      CREATE TRIGGER api_call_batches_stay BEFORE UPDATE OR DELETE ON app.api_call_batches
        FOR EACH ROW EXECUTE FUNCTION app.refuse_change_of_api_calls();

      -- Where calls come from and with what, a row a person: these can go, and the lines that name them stay as they are (S26).
      CREATE TABLE app.api_call_addresses (
        id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        -- null: nobody who is known
        user_id bigint,
        address text NOT NULL,
        last_day date NOT NULL,
        UNIQUE NULLS NOT DISTINCT (user_id, address)
      );
      CREATE TABLE app.api_call_agents (
        id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        user_id bigint,
        agent text NOT NULL,
        last_day date NOT NULL,
        UNIQUE NULLS NOT DISTINCT (user_id, agent)
      );

      CREATE SEQUENCE app.api_call_id AS bigint MAXVALUE ${Number.MAX_SAFE_INTEGER} INCREMENT BY 1000;
      CREATE SEQUENCE app.api_call_batch AS bigint MAXVALUE ${Number.MAX_SAFE_INTEGER};
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'millwright_app') THEN
          GRANT USAGE, SELECT, UPDATE ON SEQUENCE app.api_call_id, app.api_call_batch TO millwright_app;
        END IF;
      END $$;
    `,
  },
  {
    // The log's append calls keep_api_calls with the lines of the requests that append; search_path as the caller has it, so every name is whole.
    name: '0002-keep-api-calls',
    sql: `
      CREATE FUNCTION app.keep_api_calls(said text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
      #variable_conflict use_variable
      DECLARE
        before bytea;
        after bytea;
        place bigint;
        id bigint := nextval('app.api_call_batch');
        told text[] := string_to_array(said, E'\\x1e');
      BEGIN
        INSERT INTO app.api_call_lines
        SELECT now(), id, line.place, f[1]::smallint, f[2]::bigint, f[3]::timestamptz, f[4], f[5], f[6], f[7]::bigint, f[8]::bigint,
               f[9]::bigint, f[10]::bigint, f[11], f[12], f[13]::bigint[], f[14]::bigint, f[15]::boolean, f[16], f[17]::smallint, f[18], f[19]::bigint,
               f[20]::bigint, f[21]
        FROM unnest(told) WITH ORDINALITY AS line(fields, place), string_to_array(line.fields, E'\\x1f', '') AS f;
        -- At the end, so that others wait for it for as short as can be.
        SELECT h.hash, h.number + 1 INTO STRICT before, place FROM app.api_call_head h FOR UPDATE;
        after := sha256(before || convert_to(said, 'UTF8'));
        UPDATE app.api_call_head SET number = place, hash = after;
        INSERT INTO app.api_call_batches VALUES (now(), place, id, cardinality(told), before, after);
      END $$;

      -- The same for lines that may be stored already, since nobody knows what became of the append that they went with.
      CREATE FUNCTION app.keep_api_calls_once(said text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
      DECLARE
        missing text;
      BEGIN
        SELECT string_agg(line.fields, E'\\x1e' ORDER BY line.place) INTO missing
        FROM unnest(string_to_array(said, E'\\x1e')) WITH ORDINALITY AS line(fields, place), string_to_array(line.fields, E'\\x1f', '') AS f
        WHERE NOT EXISTS (
          SELECT FROM app.api_call_lines kept WHERE f[1] <> '2' AND kept.request_id = f[4] AND kept.id = f[2]::bigint AND kept.kind <> 2
          UNION ALL SELECT FROM app.api_call_lines kept WHERE f[1] = '2' AND kept.id = f[2]::bigint AND kept.kind = 2);
        IF missing IS NOT NULL THEN
          PERFORM app.keep_api_calls(missing);
        END IF;
      END $$;

      -- A line as the hash of its batch was taken over it.
      CREATE FUNCTION app.text_of_api_call(l app.api_call_lines) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT array_to_string(ARRAY[
          l.kind::text, l.id::text, to_char(l.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), l.request_id, l.credential_kind,
          l.credential_id, l.user_id::text, l.entity_id::text, l.address_id::text, l.agent_id::text, l.method, l.route, l.ids::text, l.bytes_in::text,
          CASE WHEN l.audit THEN 't' WHEN NOT l.audit THEN 'f' END, l.summary, l.status::text, l.code, l.duration_us::text, l.bytes_out::text, l.error
        ], E'\\x1f', '')
      $$;
    `,
  },
  {
    name: '0003-api-call-months',
    sql: `
      -- Makes the tables of this month and the next two, and drops those in which every line is older than so many days. For the owner.
      CREATE FUNCTION app.tend_api_calls(kept_days integer) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
      DECLARE
        month timestamp;
        parent text;
        old text;
      BEGIN
        PERFORM set_config('lock_timeout', '500ms', true), pg_advisory_xact_lock(7305813943);
        FOREACH parent IN ARRAY ARRAY['api_call_lines', 'api_call_batches'] LOOP
          FOR month IN SELECT generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'), now() AT TIME ZONE 'UTC' + interval '2 months', '1 month') LOOP
            IF to_regclass(format('app.%I', parent || to_char(month, '_YYYY_MM'))) IS NULL THEN
              EXECUTE format('CREATE TABLE app.%I PARTITION OF app.%I FOR VALUES FROM (%L) TO (%L)', parent || to_char(month, '_YYYY_MM'), parent,
                to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
            END IF;
          END LOOP;
          FOR old IN
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = format('app.%I', parent)::regclass
              AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= now() AT TIME ZONE 'UTC' - make_interval(days => kept_days)
          LOOP
            EXECUTE format('DROP TABLE app.%I', old);
          END LOOP;
        END LOOP;
        DELETE FROM app.api_call_addresses WHERE last_day < current_date - kept_days;
        DELETE FROM app.api_call_agents WHERE last_day < current_date - kept_days;
      END $$;
      SELECT app.tend_api_calls(400);
    `,
  },
  {
    // Requests that share an id go with each other's appends, so that one statement may bring a line several times.
    name: '0004-each-line-once',
    sql: `
      CREATE OR REPLACE FUNCTION app.keep_api_calls_once(said text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
      DECLARE
        missing text;
      BEGIN
        SELECT string_agg(line.fields, E'\\x1e' ORDER BY line.place) INTO missing
        FROM (
          SELECT told.fields, min(told.place) AS place
          FROM unnest(string_to_array(said, E'\\x1e')) WITH ORDINALITY AS told(fields, place) GROUP BY told.fields
        ) AS line, string_to_array(line.fields, E'\\x1f', '') AS f
        WHERE NOT EXISTS (
          SELECT FROM app.api_call_lines kept WHERE f[1] <> '2' AND kept.request_id = f[4] AND kept.id = f[2]::bigint AND kept.kind <> 2
          UNION ALL SELECT FROM app.api_call_lines kept WHERE f[1] = '2' AND kept.id = f[2]::bigint AND kept.kind = 2);
        IF missing IS NOT NULL THEN
          PERFORM app.keep_api_calls(missing);
        END IF;
      END $$;
    `,
  },
  {
    // What is hashed and numbered under the lock of the chain is one statement instead of three, and the fields of a line are taken apart where they stand.
    name: '0005-fewer-statements',
    sql: `
      -- the hash before the last one: the UPDATE that makes a new one answers both
      ALTER TABLE app.api_call_head ADD COLUMN previous bytea;

      CREATE OR REPLACE FUNCTION app.keep_api_calls(said text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
      #variable_conflict use_variable
      DECLARE
        id bigint := nextval('app.api_call_batch');
      BEGIN
        -- OFFSET keeps the two levels apart: else the text would be taken apart anew for each field.
        INSERT INTO app.api_call_lines
        SELECT now(), id, line.place, f[1]::smallint, f[2]::bigint, f[3]::timestamptz, f[4], f[5], f[6], f[7]::bigint, f[8]::bigint,
               f[9]::bigint, f[10]::bigint, f[11], f[12], f[13]::bigint[], f[14]::bigint, f[15]::boolean, f[16], f[17]::smallint, f[18], f[19]::bigint,
               f[20]::bigint, f[21]
        FROM (
          SELECT string_to_array(told.fields, E'\\x1f', '') AS f, told.place
          FROM unnest(string_to_array(said, E'\\x1e')) WITH ORDINALITY AS told(fields, place) OFFSET 0
        ) AS line;
        -- At the end, so that others wait for it for as short as can be.
        WITH head AS (
          UPDATE app.api_call_head h SET number = h.number + 1, previous = h.hash, hash = sha256(h.hash || convert_to(said, 'UTF8'))
          RETURNING h.number, h.previous, h.hash
        )
        INSERT INTO app.api_call_batches
        SELECT now(), head.number, id, cardinality(string_to_array(said, E'\\x1e')), head.previous, head.hash FROM head;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'the log of calls has no head';
        END IF;
      END $$;
    `,
  },
  {
    // Whoever appends an event waits for one row and for nobody else's: lines are taken apart and chained a moment later, many together.
    name: '0006-taken-apart-later',
    sql: `
      -- lines as they were said, until they are taken apart
      CREATE TABLE app.api_call_texts (number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, said text NOT NULL);
      -- they stay for a moment only: compressing them would be for nothing
      ALTER TABLE app.api_call_texts ALTER COLUMN said SET STORAGE EXTERNAL;

      CREATE OR REPLACE FUNCTION app.keep_api_calls(said text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        INSERT INTO app.api_call_texts (said) VALUES (keep_api_calls.said);
      END $$;

      -- Takes apart what was said, as one batch of the chain. Answers how many texts it took: 200 where there may be more.
      CREATE FUNCTION app.chain_api_calls() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
      #variable_conflict use_variable
      DECLARE
        id bigint;
        said text;
        taken bigint;
      BEGIN
        -- One at a time: the next one finds what this one has left.
        PERFORM pg_advisory_xact_lock(7305813944);
        WITH gone AS (
          DELETE FROM app.api_call_texts t WHERE t.number IN (SELECT o.number FROM app.api_call_texts o ORDER BY o.number LIMIT 200)
          RETURNING t.number, t.said AS lines
        )
        SELECT string_agg(gone.lines, E'\\x1e' ORDER BY gone.number), count(*) INTO said, taken FROM gone;
        IF taken = 0 THEN
          RETURN 0;
        END IF;
        id := nextval('app.api_call_batch');
        -- OFFSET keeps the two levels apart: else the text would be taken apart anew for each field.
        INSERT INTO app.api_call_lines
        SELECT now(), id, line.place, f[1]::smallint, f[2]::bigint, f[3]::timestamptz, f[4], f[5], f[6], f[7]::bigint, f[8]::bigint,
               f[9]::bigint, f[10]::bigint, f[11], f[12], f[13]::bigint[], f[14]::bigint, f[15]::boolean, f[16], f[17]::smallint, f[18], f[19]::bigint,
               f[20]::bigint, f[21]
        FROM (
          SELECT string_to_array(told.fields, E'\\x1f', '') AS f, told.place
          FROM unnest(string_to_array(said, E'\\x1e')) WITH ORDINALITY AS told(fields, place) OFFSET 0
        ) AS line;
        WITH head AS (
          UPDATE app.api_call_head h SET number = h.number + 1, previous = h.hash, hash = sha256(h.hash || convert_to(said, 'UTF8'))
          RETURNING h.number, h.previous, h.hash
        )
        INSERT INTO app.api_call_batches
        SELECT now(), head.number, id, cardinality(string_to_array(said, E'\\x1e')), head.previous, head.hash FROM head;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'the log of calls has no head';
        END IF;
        RETURN taken;
      END $$;

      CREATE OR REPLACE FUNCTION app.keep_api_calls_once(said text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
      DECLARE
        missing text;
      BEGIN
        -- What is stored is looked for among the lines.
        WHILE app.chain_api_calls() > 0 LOOP
        END LOOP;
        SELECT string_agg(line.fields, E'\\x1e' ORDER BY line.place) INTO missing
        FROM (
          SELECT told.fields, min(told.place) AS place
          FROM unnest(string_to_array(said, E'\\x1e')) WITH ORDINALITY AS told(fields, place) GROUP BY told.fields
        ) AS line, string_to_array(line.fields, E'\\x1f', '') AS f
        WHERE NOT EXISTS (
          SELECT FROM app.api_call_lines kept WHERE f[1] <> '2' AND kept.request_id = f[4] AND kept.id = f[2]::bigint AND kept.kind <> 2
          UNION ALL SELECT FROM app.api_call_lines kept WHERE f[1] = '2' AND kept.id = f[2]::bigint AND kept.kind = 2);
        IF missing IS NOT NULL THEN
          PERFORM app.keep_api_calls(missing);
        END IF;
      END $$;
    `,
  },
];

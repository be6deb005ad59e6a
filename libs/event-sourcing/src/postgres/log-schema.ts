/** A frozen step of the database's history: once released its text is never edited, a later one is added instead. */
export type Migration = Readonly<{ name: string; sql: string }>;

/** The channel on which an append tells other processes the position it reached. */
export const logChannel = 'millwright_log';

/** What `log.append` is told instead of a revision. */
export const expectedInDatabase = { noStream: -1, any: -2 } as const;

const tables = `
create schema if not exists log;

create table log.events (
  global_position bigint primary key,
  revision bigint not null check (revision >= 0),
  event_id uuid not null unique,
  stream text not null,
  category text not null,
  type text not null,
  canonical text not null,
  unique (stream, revision)
);
comment on table log.events is 'Everything that happened. canonical is the RFC 8785 text of {data, id, metadata, revision, stream, type}; hashes are taken over its UTF-8 bytes.';

-- Locked first by every append: positions are without gap and become visible in their order, so that no reader can pass an uncommitted append.
create table log.counter (
  single boolean primary key default true check (single),
  position bigint not null
) with (fillfactor = 10);
insert into log.counter (position) values (0);
`;

/*
 * The common case in as few steps as possible: every writer expected the right revision and no event is known yet. Answers the position before the
 * first of them, or null, having done nothing, when somebody has to be refused or has come before: then log.append_judged sorts them out.
 */
const appendExpected = `
create function log.append_expected(
  streams text[], expected bigint[],
  event_streams text[], revisions bigint[], event_ids uuid[], types text[], canonicals text[]
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  base bigint;
begin
  -- Takes the lock. A statement of its own: what follows is read after the lock is held, so it sees every earlier append.
  update log.counter c set position = c.position + cardinality(event_ids) returning c.position - cardinality(event_ids) into strict base;

  if exists (
    select from unnest(streams, expected) as s(stream, expected)
    where s.expected <> coalesce((select l.revision from log.events l where l.stream = s.stream order by l.revision desc limit 1), -1)
  ) or exists (select from log.events l where l.event_id = any (event_ids)) then
    update log.counter c set position = base;
    return null;
  end if;

  insert into log.events (global_position, revision, event_id, stream, category, type, canonical)
  select base + e.n, e.revision, e.event_id, e.stream, split_part(e.stream, '-', 1), e.type, e.canonical
  from unnest(event_streams, revisions, event_ids, types, canonicals) with ordinality as e(stream, revision, event_id, type, canonical, n);

  perform pg_notify('${logChannel}', (base + cardinality(event_ids))::text);
  return base;
end
$$;
revoke all on function log.append_expected(text[], bigint[], text[], bigint[], uuid[], text[], text[]) from public;
`;

/*
 * The same for any mixture of writers: whoever expected another revision is refused alone, events that are known are answered as they stand,
 * the others go in.
 */
const appendJudged = `
create function log.append_judged(
  streams text[], expected bigint[],
  owners integer[], event_ids uuid[], types text[], befores text[], afters text[]
) returns table (outcome text, revision bigint, last_position bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  base bigint;
  added bigint;
  outcomes text[];
  revisions bigint[];
  positions bigint[];
begin
  -- A statement of its own: what follows is read after the lock is held, so it sees every earlier append.
  select c.position into strict base from log.counter c for update;

  with event as materialized (
    select e.owner, count(*) as events, count(k.event_id) as known, max(k.revision) as known_revision, max(k.global_position) as known_position,
           coalesce(bool_and(k.stream = streams[e.owner]), false) as same_stream
    from unnest(owners, event_ids) as e(owner, event_id)
    left join lateral (select l.event_id, l.stream, l.revision, l.global_position from log.events l where l.event_id = e.event_id) k on true
    group by e.owner
  ), request as materialized (
    select r.n, r.expected, event.*,
           coalesce((select l.revision from log.events l where l.stream = r.stream order by l.revision desc limit 1), -1) as actual
    from unnest(streams, expected) with ordinality as r(stream, expected, n)
    join event on event.owner = r.n
  ), judged as (
    select *, case
        when known = events and same_stream then 'duplicate'
        when known > 0 then 'wrong'
        when expected in (actual, ${expectedInDatabase.any}) then 'appended'
        else 'wrong'
      end as verdict
    from request
  ), counted as (
    select *, sum(events) filter (where verdict = 'appended') over (order by n) as running from judged
  )
  select array_agg(verdict order by n),
         array_agg(case verdict when 'duplicate' then known_revision when 'appended' then actual + events else actual end order by n),
         array_agg(case verdict when 'duplicate' then known_position when 'appended' then base + running end order by n),
         coalesce(max(running), 0)
    into outcomes, revisions, positions, added
  from counted;

  if added > 0 then
    insert into log.events (global_position, revision, event_id, stream, category, type, canonical)
    select e.position, e.revision, e.event_id, e.stream, split_part(e.stream, '-', 1), e.type, e.before || e.revision || e.after
    from (
      select positions[u.owner] - rest as position, revisions[u.owner] - rest as revision, streams[u.owner] as stream, u.event_id, u.type, u.before, u.after
      from (
        select v.*, count(*) over (partition by v.owner) - row_number() over (partition by v.owner order by v.n) as rest
        from unnest(owners, event_ids, types, befores, afters) with ordinality as v(owner, event_id, type, before, after, n)
        where outcomes[v.owner] = 'appended'
      ) u
    ) e
    order by e.position;
    update log.counter c set position = base + added;
    perform pg_notify('${logChannel}', (base + added)::text);
  end if;

  return query select * from unnest(outcomes, revisions, positions);
end
$$;
revoke all on function log.append_judged(text[], bigint[], integer[], uuid[], text[], text[], text[]) from public;
`;

/*
 * The same with rows of Idempotency-Keys (KeyRow, with the number of its append) that stand or fall with the events. The table is kept by the room
 * of keys: app.held_idempotency_keys says which of them other requests hold, app.keep_idempotency_keys stores them.
 */
const appendWithKeys = `
create function log.append_expected(
  streams text[], expected bigint[],
  event_streams text[], revisions bigint[], event_ids uuid[], types text[], canonicals text[], keys jsonb
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  base bigint;
begin
  -- Before the keys are read, so that those of every earlier append are seen.
  perform from log.counter for update;
  if cardinality(app.held_idempotency_keys(keys)) > 0 then
    return null;
  end if;
  base := log.append_expected(streams, expected, event_streams, revisions, event_ids, types, canonicals);
  if base is not null then
    perform app.keep_idempotency_keys(keys);
  end if;
  return base;
end
$$;
revoke all on function log.append_expected(text[], bigint[], text[], bigint[], uuid[], text[], text[], jsonb) from public;

-- Where a key is held by another request, nothing at all is appended: the outcome of its append is 'key known', with those keys, that of the others 'open'.
create function log.append_judged(
  streams text[], expected bigint[],
  owners integer[], event_ids uuid[], types text[], befores text[], afters text[], keys jsonb
) returns table (outcome text, revision bigint, last_position bigint, known_keys text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  held uuid[];
  outcomes text[];
  last_revisions bigint[];
  positions bigint[];
begin
  perform from log.counter for update;
  held := app.held_idempotency_keys(keys);
  if cardinality(held) > 0 then
    return query
      select case when known.scopes is null then 'open' else 'key known' end, null::bigint, null::bigint, known.scopes
      from unnest(streams) with ordinality as r(stream, n)
      cross join lateral (
        select string_agg(k.scope::text, ',') as scopes
        from jsonb_to_recordset(keys) as k(scope uuid, append integer) where k.append = r.n and k.scope = any (held)
      ) as known
      order by r.n;
    return;
  end if;
  select array_agg(j.outcome order by j.n), array_agg(j.revision order by j.n), array_agg(j.last_position order by j.n)
    into outcomes, last_revisions, positions
  from log.append_judged(streams, expected, owners, event_ids, types, befores, afters) with ordinality as j(outcome, revision, last_position, n);
  perform app.keep_idempotency_keys(
    (select jsonb_agg(k.key) from jsonb_array_elements(keys) as k(key) where outcomes[(k.key->>'append')::integer] = 'appended'));
  return query select o.*, null::text from unnest(outcomes, last_revisions, positions) as o;
end
$$;
revoke all on function log.append_judged(text[], bigint[], integer[], uuid[], text[], text[], text[], jsonb) from public;

do $$
begin
  if exists (select from pg_roles where rolname = 'millwright_app') then
    grant execute on function log.append_expected(text[], bigint[], text[], bigint[], uuid[], text[], text[], jsonb) to millwright_app;
    grant execute on function log.append_judged(text[], bigint[], integer[], uuid[], text[], text[], text[], jsonb) to millwright_app;
  end if;
end
$$;
`;

/*
 * The same with lines of the log of calls, whose requests append: no effect is without its line. That log is kept by the room of calls:
 * app.keep_api_calls stores the lines of a text that has RS between them, app.keep_api_calls_once those that are not stored yet.
 */
const appendWithCalls = `
create function log.append_expected(
  streams text[], expected bigint[],
  event_streams text[], revisions bigint[], event_ids uuid[], types text[], canonicals text[], keys jsonb, calls text
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  base bigint;
begin
  if keys is null then
    base := log.append_expected(streams, expected, event_streams, revisions, event_ids, types, canonicals);
  else
    base := log.append_expected(streams, expected, event_streams, revisions, event_ids, types, canonicals, keys);
  end if;
  if base is not null then
    perform app.keep_api_calls(calls);
  end if;
  return base;
end
$$;
revoke all on function log.append_expected(text[], bigint[], text[], bigint[], uuid[], text[], text[], jsonb, text) from public;

-- callers: the number of the append that each line goes with. An append that was there already has brought its own, unless another request has made it.
create function log.append_judged(
  streams text[], expected bigint[],
  owners integer[], event_ids uuid[], types text[], befores text[], afters text[], keys jsonb, calls text, callers integer[]
) returns table (outcome text, revision bigint, last_position bigint, known_keys text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  outcomes text[];
  last_revisions bigint[];
  positions bigint[];
  known text[];
  told text;
begin
  select array_agg(j.outcome order by j.n), array_agg(j.revision order by j.n), array_agg(j.last_position order by j.n), array_agg(j.known_keys order by j.n)
    into outcomes, last_revisions, positions, known
  from log.append_judged(streams, expected, owners, event_ids, types, befores, afters, coalesce(keys, '[]'))
    with ordinality as j(outcome, revision, last_position, known_keys, n);
  select string_agg(c.line, E'\\x1e' order by c.n) into told
  from unnest(string_to_array(calls, E'\\x1e'), callers) with ordinality as c(line, append, n)
  where outcomes[c.append] in ('appended', 'duplicate');
  if told is not null then
    perform app.keep_api_calls_once(told);
  end if;
  return query select * from unnest(outcomes, last_revisions, positions, known);
end
$$;
revoke all on function log.append_judged(text[], bigint[], integer[], uuid[], text[], text[], text[], jsonb, text, integer[]) from public;

do $$
begin
  if exists (select from pg_roles where rolname = 'millwright_app') then
    grant execute on function log.append_expected(text[], bigint[], text[], bigint[], uuid[], text[], text[], jsonb, text) to millwright_app;
    grant execute on function log.append_judged(text[], bigint[], integer[], uuid[], text[], text[], text[], jsonb, text, integer[]) to millwright_app;
  end if;
end
$$;
`;

/** The app's role may read, and append through the function alone: a row put in past the counter would break the order. On a server with one role only there is nobody to grant to. */
const grants = `
do $$
begin
  if exists (select from pg_roles where rolname = 'millwright_app') then
    grant usage on schema log to millwright_app;
    grant select on log.events, log.counter to millwright_app;
    grant execute on function log.append_expected(text[], bigint[], text[], bigint[], uuid[], text[], text[]) to millwright_app;
    grant execute on function log.append_judged(text[], bigint[], integer[], uuid[], text[], text[], text[]) to millwright_app;
  end if;
end
$$;
`;

/** The schema of the log, in order. */
export const logMigrations: readonly Migration[] = [
  { name: '0001-log-tables', sql: tables },
  { name: '0002-log-append', sql: appendExpected + appendJudged },
  { name: '0003-log-grants', sql: grants },
  { name: '0004-log-append-with-keys', sql: appendWithKeys },
  { name: '0005-log-append-with-calls', sql: appendWithCalls },
];

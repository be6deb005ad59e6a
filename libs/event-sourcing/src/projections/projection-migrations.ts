/** Frozen steps of schema `app` (never edited once released) and the empty room of the views. The owner runs them; the app role gets what it needs. */
export const projectionMigrations: readonly Readonly<{ name: string; sql: string }>[] = [
  {
    name: '0001-projections-and-process-managers',
    sql: `
create schema if not exists app;
create schema if not exists read;

create table app.projections (
  name text primary key,
  serving text
);
comment on column app.projections.serving is 'The schema of the build that the views of schema read show.';

create table app.projection_builds (
  schema_name text primary key,
  projection text not null,
  version integer not null,
  generation integer not null,
  checkpoint numeric(20, 0) not null default 0,
  indexed boolean not null default false,
  retired boolean not null default false,
  created_at timestamptz not null default now(),
  unique (projection, version, generation)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table app.projection_builds is 'One set of tables of a projection. The checkpoint moves in the transaction that writes the rows, and only from the value its writer knew.';

create table app.parked_streams (
  schema_name text not null references app.projection_builds on delete cascade,
  stream text not null,
  projection text not null,
  position numeric(20, 0) not null,
  event_id text not null,
  event_type text not null,
  error text not null,
  events bigint not null default 1,
  last_position numeric(20, 0) not null,
  parked_at timestamptz not null default now(),
  primary key (schema_name, stream)
);
comment on table app.parked_streams is 'Streams a build could not fold any further: from position on, their events are counted here instead.';

create table app.process_managers (
  name text primary key,
  checkpoint numeric(20, 0) not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table app.process_managers is 'The effects of every event up to the checkpoint were done. It never moves back.';

do $$
begin
  if exists (select from pg_roles where rolname = 'millwright_app') then
    grant usage on schema app, read to millwright_app;
    grant select, insert, update on app.projections, app.projection_builds, app.parked_streams, app.process_managers to millwright_app;
  end if;
end
$$;
`,
  },
  {
    name: '0002-live-read-models',
    sql: `
alter table app.projection_builds add column live boolean not null default false, add column shape text;
comment on column app.projection_builds.live is 'One of those that are written together: its checkpoint is that of app.live_read_models.';
comment on column app.projection_builds.shape is 'A hash of its tables; null in builds that were made before shapes were noted.';

create table app.live_read_models (
  only_row boolean primary key default true check (only_row),
  checkpoint numeric(20, 0) not null default 0,
  epoch bigint not null default 0,
  release text
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
insert into app.live_read_models default values;
comment on table app.live_read_models is 'The read models that serve stand at this position, all of them: it moves in the transaction that writes their rows.';
comment on column app.live_read_models.epoch is 'Counts takeovers and changes of membership; who writes on the strength of an older one is refused.';
comment on column app.live_read_models.release is 'Projections, versions and shapes of the process that works them, as one word.';

do $$
begin
  if exists (select from pg_roles where rolname = 'millwright_app') then
    grant select, update on app.live_read_models to millwright_app;
  end if;
end
$$;
`,
  },
  {
    name: '0003-timers-and-outbox',
    sql: `
create table app.timers (
  timer text not null,
  stream_id bigint not null,
  due_at timestamptz,
  decided_at timestamptz,
  revision bigint not null,
  origin jsonb not null,
  primary key (timer, stream_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
create index timers_due on app.timers (timer, due_at, stream_id) where due_at is not null;
comment on table app.timers is 'When something is to be decided on a stream by a timer; a stream that never had a due instant has no row.';
comment on column app.timers.decided_at is 'The due instant that was decided last: it is never due again.';
comment on column app.timers.revision is 'The revision of the stream that due_at was taken from; an older one never replaces it.';
comment on column app.timers.origin is 'Site, customer and ids of the last event of the stream, which the command belongs to.';

create table app.outbox (
  id uuid primary key,
  number bigint generated always as identity,
  channel text not null,
  receiver text not null,
  message jsonb not null,
  put_at timestamptz not null,
  tries integer not null default 0,
  next_try_at timestamptz not null,
  last_error text,
  delivered_at timestamptz,
  given_up_at timestamptz
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
create index outbox_open on app.outbox (channel, receiver, number) where delivered_at is null and given_up_at is null;
create index outbox_delivered on app.outbox (delivered_at) where delivered_at is not null;
create index outbox_given_up on app.outbox (given_up_at) where given_up_at is not null;
comment on table app.outbox is 'Messages for the outside, delivered at least once and in order of number to each receiver.';

do $$
begin
  if exists (select from pg_roles where rolname = 'millwright_app') then
    grant select, insert, update, delete on app.timers, app.outbox to millwright_app;
  end if;
end
$$;
`,
  },
];

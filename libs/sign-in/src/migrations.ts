import type { Migration } from '#millwright/event-sourcing';

/**
 * Tables of this room in schema `app`. They have statements of their own and no entities: of each, the row that a statement finds or changes decides who
 * signs in, is refused, or waits. Frozen: a change is a new migration after these.
 */
export const signInMigrations: readonly Migration[] = [
  {
    name: '0001-passwords-and-sessions',
    sql: `
create table app.passwords (
  user_id bigint primary key,
  hash text not null,
  set_at timestamptz not null default now()
);
comment on table app.passwords is 'What people sign in with, as argon2id.';

create table app.sign_in_waits (
  -- SHA-256 of the identifier as typed, in lower case, and the address
  pair bytea primary key,
  wrong_at timestamptz[] not null default '{}',
  waits integer not null default 0,
  waits_until timestamptz,
  touched_at timestamptz not null default clock_timestamp()
);
create index sign_in_waits_age on app.sign_in_waits (touched_at);
comment on table app.sign_in_waits is 'How often a name was tried in vain from an address, and how long it waits, across processes.';

create table app.sessions (
  id uuid primary key,
  user_id bigint not null,
  started_at timestamptz not null default clock_timestamp(),
  last_used_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  address text not null,
  user_agent text not null,
  ended_at timestamptz,
  ended_because text
);
create index sessions_of_user on app.sessions (user_id, started_at) where ended_at is null;
create index sessions_age on app.sessions (expires_at);
comment on table app.sessions is 'Where people are signed in.';

create table app.refresh_tokens (
  -- SHA-256 of the token
  token_hash bytea primary key,
  session_id uuid not null,
  -- how many came before it in its session
  generation integer not null,
  expires_at timestamptz not null,
  -- when an access token that was given out with it was first used, where that was soon
  access_used_at timestamptz,
  spent_at timestamptz,
  -- SHA-256 of the address and User-Agent that spent it
  spent_by bytea,
  unique (session_id, generation)
);
comment on table app.refresh_tokens is 'What sessions go on with: each token once.';

create table app.sign_in_links (
  -- SHA-256 of the token in the link
  token_hash bytea primary key,
  kind text not null check (kind in ('setup', 'invitation', 'reset')),
  user_id bigint,
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz,
  check ((user_id is null) = (kind = 'setup'))
);
create index sign_in_links_of_user on app.sign_in_links (user_id) where used_at is null;
comment on table app.sign_in_links is 'Links that are good once: to set up, to accept an invitation, to choose another password.';
`,
  },
  {
    name: '0002-single-sign-on',
    sql: `
create table app.issuer_secrets (
  secret_id uuid primary key,
  -- encrypted with a key derived from the secret of the installation
  sealed text not null,
  made_at timestamptz not null default clock_timestamp()
);
comment on table app.issuer_secrets is 'What the installation shows that it is the client of the issuer of single sign-on.';

create table app.issuer_attempts (
  -- SHA-256 of the state that goes to the issuer and back
  state_hash bytea primary key,
  -- SHA-256 of what the browser keeps meanwhile
  browser_hash bytea not null,
  -- of the settings that it began with
  revision bigint not null,
  session_form text not null check (session_form in ('tokens', 'cookie')),
  -- who links himself, in which session; null where somebody signs in
  linking_user_id bigint,
  linking_session_id uuid,
  expires_at timestamptz not null,
  check ((linking_user_id is null) = (linking_session_id is null))
);
create index issuer_attempts_age on app.issuer_attempts (expires_at);
comment on table app.issuer_attempts is 'Whom the issuer of single sign-on is being asked about.';

create table app.issuer_links (
  issuer text not null,
  subject text not null,
  user_id bigint not null,
  linked_at timestamptz not null default clock_timestamp(),
  primary key (issuer, subject),
  unique (issuer, user_id)
);
comment on table app.issuer_links is 'Which person an issuer means by which of its subjects.';

create table app.sign_in_codes (
  -- SHA-256 of the code
  code_hash bytea primary key,
  user_id bigint not null,
  expires_at timestamptz not null
);
create index sign_in_codes_age on app.sign_in_codes (expires_at);
comment on table app.sign_in_codes is 'Codes that are good once, for the tokens of somebody for whom the issuer has vouched.';
`,
  },
  {
    name: '0003-why-linked',
    sql: `
-- So that its event can be made up for: by far the most were linked by an address before it was kept.
alter table app.issuer_links add column because text not null default 'email' check (because in ('email', 'created', 'session'));
`,
  },
  {
    name: '0004-who-made-a-link',
    sql: `
alter table app.sign_in_links add column made_by bigint;
comment on column app.sign_in_links.made_by is 'The person who was shown it; null where nobody was but whom it is for, or the administrator.';
`,
  },
  {
    name: '0004-owed-for-passwords',
    sql: `
-- What follows from a password (its event, the end of sessions and links) is done after it stands: kept until that is done, should the process end meanwhile.
alter table app.passwords add column owes jsonb;
create index passwords_owing on app.passwords (set_at) where owes is not null;
`,
  },
  {
    name: '0005-whose-address-a-link-is-for',
    sql: `
alter table app.sign_in_links add column address_hash bytea;
comment on column app.sign_in_links.address_hash is 'SHA-256 of the token and the e-mail address that the person had; null for links that are older than this.';
`,
  },
  {
    name: '0006-with-what-a-link-was-made',
    sql: `
alter table app.sign_in_links add column made_with jsonb;
comment on column app.sign_in_links.made_with is 'What a machine might do at each site when it was shown the link (at any: *); null where a person was, or the administrator.';
`,
  },
  {
    name: '0007-whom-an-address-has-let-in',
    sql: `
alter table app.sessions add column by_email boolean not null default false;
comment on column app.sessions.by_email is 'Whether the issuer of single sign-on let the person in by an account that an e-mail address had found; false for older ones.';
alter table app.sign_in_codes add column by_email boolean not null default false;
comment on column app.sign_in_codes.by_email is 'As that of the session that it is for.';
`,
  },
  {
    name: '0008-whom-an-address-had-let-in',
    sql: `
-- Sessions from before that was kept, as far as it shows: nobody whom the issuer alone lets in has begun his otherwise.
update app.sessions as session set by_email = true from app.issuer_links as link
where link.user_id = session.user_id and link.because = 'email' and session.started_at >= link.linked_at and session.ended_at is null
  and not exists (select from app.passwords as password where password.user_id = session.user_id);
comment on column app.sessions.by_email is 'Whether the issuer of single sign-on let the person in by an account that an e-mail address had found; of older ones where he had no password.';
`,
  },
];

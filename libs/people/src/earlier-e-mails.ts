import type { Migration } from '#millwright/event-sourcing';
import { issuersMigration, signInsMigration } from './sign-ins.js';

/** Claims of e-mail addresses for users who had theirs before it had to be unique. */
export const userMigrations: readonly Migration[] = [
  {
    // Of two who share one the earlier holds it, and both keep it: only what is said from here on is checked. Values of a user that were superseded count for nothing.
    name: '0001-earlier-e-mails',
    sql: `
insert into app.external_references (customer_id, entity_id, resource, reference, id, claimed_at)
select 0, 0, 'user.email', reference, id, '-infinity'
from (
  select distinct on (id) id, lower(normalize(btrim(details ->> 'email'), NFC)) reference, written_at
  from app.people where kind = 'user' order by id, written_at desc
) users
where reference <> ''
order by written_at, id
on conflict do nothing;
`,
  },
  signInsMigration,
  issuersMigration,
  {
    // A dotless i was taken for an i: who has one is found by it from here on, and by nothing else. A claim has the letters of its value one by one.
    name: '0004-dotless-i',
    sql: `
with respelt as (
  select claim.*, (
    select string_agg(case substr(canonical, place, 1) when U&'\\0131' then U&'\\0131' else substr(claim.reference, place, 1) end, '' order by place)
    from generate_series(1, length(canonical)) place
  ) spelt
  from (select distinct on (id) id, details from app.people where kind = 'user' order by id, written_at desc) users
  cross join lateral (values ('user.email', details ->> 'email'), ('user.login_identifier', details ->> 'login_identifier')) said (resource, value)
  cross join lateral normalize(btrim(said.value), NFC) canonical
  join app.external_references claim on claim.resource = said.resource and claim.id = users.id and length(claim.reference) = length(canonical)
  where strpos(canonical, U&'\\0131') > 0
), left_over as (
  delete from app.external_references claim using respelt
  where claim.resource = respelt.resource and claim.reference = respelt.reference and claim.id = respelt.id and claim.reference <> spelt
)
insert into app.external_references (customer_id, entity_id, resource, reference, id, claimed_at)
select customer_id, entity_id, resource, spelt, id, claimed_at from respelt order by claimed_at
on conflict do nothing;
`,
  },
];

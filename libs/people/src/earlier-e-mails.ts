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
];

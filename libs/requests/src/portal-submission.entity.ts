import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { safeInteger, type Migration } from '#millwright/event-sourcing';

/** Who asked through a portal, and how he finds his request again: personal data and a secret, of which events know nothing. */
@Entity({
  schema: 'app',
  name: 'portal_submissions',
  comment: 'Who asked through a portal, and the SHA-256 of what finds the request again.',
})
@Index('portal_submissions_of_request', ['requestId'])
export class PortalSubmission {
  /** The SHA-256 of the tracking token, 32 bytes. */
  @PrimaryColumn('bytea', { name: 'token_hash' }) tokenHash!: Buffer;

  @Column('bigint', { name: 'request_id', transformer: safeInteger }) requestId!: number;

  @Column('bigint', { name: 'portal_id', transformer: safeInteger }) portalId!: number;

  /** Null: it was not said, or it was erased. */
  @Column('text', { nullable: true }) name!: string | null;

  @Column('text', { nullable: true }) email!: string | null;
}

export const requestEntities = [PortalSubmission];

export const requestMigrations: readonly Migration[] = [
  {
    name: '0001-portals',
    sql: `
create table app.portal_submissions (
  token_hash bytea primary key,
  request_id bigint not null,
  portal_id bigint not null,
  name text,
  email text
);
create index portal_submissions_of_request on app.portal_submissions (request_id);
comment on table app.portal_submissions is 'Who asked through a portal, and the SHA-256 of what finds the request again.';

create table app.portal_visits (
  id bigint generated always as identity primary key,
  address text not null,
  accepted_at timestamptz not null default clock_timestamp()
);
create index portal_visits_of_address on app.portal_visits (address, accepted_at);
create index portal_visits_age on app.portal_visits (accepted_at);
comment on table app.portal_visits is 'What an address has asked in the last minute, across processes; older rows are gone with the next one.';
`,
  },
  {
    // What stands for an address is kept now. Addresses from before would stay where nobody asks any more, and could be found by nobody's erasing.
    name: '0002-no-addresses',
    sql: `
delete from app.portal_visits;
comment on column app.portal_visits.address is 'Stands for the address: made of it with a key that is in no database.';
`,
  },
];

import { whenKnown, type Migration, type Row } from '#millwright/event-sourcing';
import { instantText, type BulkRead, type Related } from '#millwright/fields';

/** When people were here, and how they came: kept beside them, for it is nobody's business how often somebody signed in once he is gone. */
export const signInsMigration: Migration = {
  name: '0002-sign-ins',
  sql: `
create table app.sign_ins (
  user_id bigint primary key,
  last_login timestamptz,
  login_count bigint not null default 0,
  has_password boolean not null default false,
  invited_at timestamptz,
  invitation_due_at timestamptz,
  accepted_at timestamptz
);
comment on table app.sign_ins is 'When people were here, and how they came.';
`,
};

export const issuersMigration: Migration = {
  name: '0003-issuers',
  sql: 'alter table app.sign_ins add column has_issuer boolean not null default false;',
};

/** Statements that note it; what they run on is the caller's. */
type Database = Readonly<{ query(sql: string, values: unknown[]): Promise<unknown> }>;

export const noteLogin = (database: Database, userId: number): Promise<unknown> =>
  database.query(
    `INSERT INTO app.sign_ins AS known (user_id, last_login, login_count) VALUES ($1, clock_timestamp(), 1)
     ON CONFLICT (user_id) DO UPDATE SET last_login = excluded.last_login, login_count = known.login_count + 1`,
    [userId],
  );

export const noteInvitation = (database: Database, userId: number, dueAt: Date): Promise<unknown> =>
  database.query(
    `INSERT INTO app.sign_ins (user_id, invited_at, invitation_due_at) VALUES ($1, clock_timestamp(), $2)
     ON CONFLICT (user_id) DO UPDATE SET invited_at = excluded.invited_at, invitation_due_at = excluded.invitation_due_at, accepted_at = NULL`,
    [userId, dueAt],
  );

export const notePassword = (database: Database, userId: number, byInvitation: boolean): Promise<unknown> =>
  database.query(
    `INSERT INTO app.sign_ins AS known (user_id, has_password, accepted_at) VALUES ($1, true, CASE WHEN $2 THEN clock_timestamp() END)
     ON CONFLICT (user_id) DO UPDATE SET has_password = true, accepted_at = coalesce(excluded.accepted_at, known.accepted_at)`,
    [userId, byInvitation],
  );

/** That the person signs in by no password any more. */
export const noteNoPassword = (database: Database, userId: number): Promise<unknown> =>
  database.query('UPDATE app.sign_ins SET has_password = false WHERE user_id = $1', [userId]);

/** That an issuer of single sign-on vouches for the person, or does no more: whoever comes that way has accepted whatever invitation there was. */
export const noteIssuer = (database: Database, userId: number, isThere: boolean): Promise<unknown> =>
  database.query(
    `INSERT INTO app.sign_ins AS known (user_id, has_issuer) VALUES ($1, $2)
     ON CONFLICT (user_id) DO UPDATE SET has_issuer = excluded.has_issuer,
       accepted_at = CASE WHEN $2 AND known.invited_at IS NOT NULL THEN coalesce(known.accepted_at, clock_timestamp()) ELSE known.accepted_at END`,
    [userId, isThere],
  );

type SignIns = Readonly<{
  last_login: Date | null;
  login_count: string | null;
  has_password: boolean | null;
  has_issuer: boolean | null;
  invited_at: Date | null;
  invitation_due_at: Date | null;
  accepted_at: Date | null;
}>;

const signIns: BulkRead<number, SignIns> = {
  read: (ids, database) =>
    database.query<SignIns[]>(
      `SELECT last_login, login_count, has_password, has_issuer, invited_at, invitation_due_at, accepted_at
       FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted(user_id, place) LEFT JOIN app.sign_ins USING (user_id) ORDER BY place`,
      [[...ids]],
    ),
};

const of = ({ id }: Row, related: Related): Promise<SignIns> => related.load(signIns, Number(id));
/** In whole seconds, as the times of records are shown. */
const shown = (at: Date | null): string | null => at && instantText(new Date(Math.floor(at.getTime() / 1_000) * 1_000).toISOString());

export const statusOf = (row: Row, related: Related): string | Promise<string> =>
  row['archived'] === true
    ? 'inactive'
    : whenKnown(of(row, related), ({ invited_at, has_password, has_issuer }) =>
        invited_at && !has_password && !has_issuer ? 'invited' : 'active',
      );

export const authTypeOf = async (row: Row, related: Related): Promise<string> => {
  const { has_password, has_issuer } = await of(row, related);
  return has_password ? 'password' : has_issuer ? 'sso' : 'api_key';
};

export const activityOf = async (row: Row, related: Related): Promise<Row> => {
  const { last_login, login_count } = await of(row, related);
  return { last_login: shown(last_login), login_count: Number(login_count ?? 0) };
};

export const invitationOf = async (row: Row, related: Related): Promise<Row> => {
  const { invited_at, invitation_due_at, accepted_at } = await of(row, related);
  return { sent_at: shown(invited_at), due_at: shown(invitation_due_at), accepted_at: shown(accepted_at) };
};

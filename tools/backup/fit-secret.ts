import type pg from 'pg';
import type { InstallationSecret } from '#millwright/credentials';

/**
 * Sees to it that what was restored can be opened: a backup holds no secret, only what it is known by (contract, part 4, S34).
 * @param secret the one that the application would start with; undefined where none was given, or a new one is wanted
 * @returns `kept` where it is the one of the backup; `made anew` where the next start makes new signing keys; `another` where it is a different one
 */
export async function fitSecret(client: pg.Client, secret: InstallationSecret | undefined): Promise<'kept' | 'made anew' | 'another'> {
  const { rows: tables } = await client.query<{ is_there: boolean }>(
    `select to_regclass('app.installation_secret') is not null as is_there`,
  );
  // A backup of a release that had none.
  if (tables[0]?.is_there !== true) return 'kept';
  const { rows } = await client.query<{ check_value: Buffer }>('select check_value from app.installation_secret');
  const known = rows[0]?.check_value;
  if (secret && known) return known.equals(secret.check) ? 'kept' : 'another';
  await client.query('delete from app.signing_keys');
  await client.query('delete from app.installation_secret');
  return 'made anew';
}

import type pg from 'pg';
import type { InstallationSecret } from '#millwright/credentials';

/**
 * Sees to it that what was restored can be opened: a backup holds no secret, only what it is known by (contract, part 4, S34).
 * @param secret the one of the backup; undefined where a new one is wanted, or it had none
 * @returns whether the next start makes new signing keys, and a new secret
 */
export async function fitSecret(client: pg.Client, secret: InstallationSecret | undefined): Promise<'kept' | 'made anew'> {
  const { rows: tables } = await client.query<{ is_there: boolean }>(
    `select to_regclass('app.installation_secret') is not null as is_there`,
  );
  // A backup of a release that had none.
  if (secret || tables[0]?.is_there !== true) return 'kept';
  await client.query('delete from app.signing_keys');
  await client.query('delete from app.installation_secret');
  return 'made anew';
}

import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InstallationSecret } from '#millwright/credentials';
import type { Configuration } from '../config.js';
import { firstConnection } from '../read-database/first-connection.js';
import { CannotStart } from './cannot-start.js';

const secretBytes = 32;

/** The secret does not belong to the database; the message says what to do. */
export class UnsuitableSecret extends CannotStart {}

/** Where the secret lies that nobody has set. */
const fileIn = (dataDirectory: string): string => join(resolve(dataDirectory), 'secret');

/** The secret that is there; undefined where none was made yet. @throws CannotStart the file cannot be read, or is empty */
export function secretThere({
  secretKey,
  dataDirectory,
}: Pick<Configuration, 'secretKey' | 'dataDirectory'>): InstallationSecret | undefined {
  if (secretKey !== undefined) return new InstallationSecret(secretKey);
  const text = readIfThere(fileIn(dataDirectory));
  return text === undefined ? undefined : new InstallationSecret(text);
}

/**
 * SECRET_KEY, or what stands in DATA_DIR/secret, which the first start makes. A database knows its secret by a check value: with another one nothing
 * could be opened that was sealed before, so nothing starts (contract, part 4, S34).
 * @throws UnsuitableSecret; CannotStart
 */
export async function openSecret(configuration: Configuration, databases: Readonly<{ appUrl: string }>): Promise<InstallationSecret> {
  const client = await firstConnection(databases.appUrl, configuration.databaseUrl === undefined ? 'DATA_DIR' : 'DATABASE_URL');
  try {
    const known = async (): Promise<Buffer | undefined> => {
      const { rows } = await client.query<{ check_value: Buffer }>('SELECT check_value FROM app.installation_secret');
      return rows[0]?.check_value;
    };
    const there = secretThere(configuration);
    if (!there && (await known())) throw new UnsuitableSecret(missing(configuration));
    const secret = there ?? makeSecret(configuration.dataDirectory);
    await client.query('INSERT INTO app.installation_secret (check_value) VALUES ($1) ON CONFLICT DO NOTHING', [secret.check]);
    if ((await known())?.equals(secret.check) !== true) throw new UnsuitableSecret(strange(configuration));
    return secret;
  } finally {
    await client.end();
  }
}

/** Whole or not at all, and one where several processes share the folder: a file of its own is given the name, unless another has it by then. */
function makeSecret(dataDirectory: string): InstallationSecret {
  const file = fileIn(dataDirectory);
  const own = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    mkdirSync(resolve(dataDirectory), { recursive: true, mode: 0o700 });
    writeFileSync(own, `${randomBytes(secretBytes).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new CannotStart(
        `The secret of this installation cannot be kept in ${file}. Set SECRET_KEY, or DATA_DIR to a folder that this user may write to.`,
        {
          cause: error,
        },
      );
  } finally {
    rmSync(own, { force: true });
  }
  return new InstallationSecret(readIfThere(file) ?? '');
}

function readIfThere(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CannotStart(`The secret of this installation cannot be read from ${file} (${code ?? 'unknown'}).`, { cause: error });
  }
  if (text === '') throw new CannotStart(`${file} is empty. Put the secret of this installation there, or set SECRET_KEY.`);
  return text;
}

const placeOf = ({ secretKey, dataDirectory }: Configuration): string => (secretKey === undefined ? fileIn(dataDirectory) : 'SECRET_KEY');

const missing = (configuration: Configuration): string =>
  `The secret of this installation is missing: it is not in ${placeOf(configuration)}, and SECRET_KEY is not set. Bring one of them back. Nothing was changed.`;

const strange = (configuration: Configuration): string =>
  `${placeOf(configuration)} is not the secret that this database was sealed with. Set SECRET_KEY, or put the file back that was there. Nothing was changed.`;

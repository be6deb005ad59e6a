import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { InstallationSecret } from '#millwright/credentials';
import type { Configuration } from '../../src/config.js';
import { secretThere } from '../../src/start/secret.js';
import { CannotDo } from './refusals.js';

/** Where the program that runs the tool stands, so that files are found that its user names. */
const fromHere = (file: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), file);

/** A secret that was asked for, and its text where the application would not find it by itself. */
export type AskedSecret = Readonly<{ secret: InstallationSecret; text?: string }>;

/**
 * The secret of the installation that a backup is of: from `--secret-file`, else the one that the application would start with, else whoever sits
 * at a terminal is asked.
 * @param file where the secret stands; undefined where that was not said
 * @throws CannotDo nobody can be asked, or the file holds nothing
 */
export async function askedSecret(configuration: Configuration, file: string | undefined): Promise<AskedSecret> {
  if (file !== undefined) return spoken(readFileSync(fromHere(file), 'utf8').trim(), file);
  const there = secretThere(configuration);
  if (there) return { secret: there };
  if (!process.stdin.isTTY) throw noSecret();
  return spoken(await typed('The secret of the installation (SECRET_KEY, or what its DATA_DIR/secret holds): '), 'What was typed');
}

function spoken(text: string, where: string): AskedSecret {
  if (text === '') throw new CannotDo(`${where} is empty. Nothing was restored.`);
  return { secret: new InstallationSecret(text), text };
}

const noSecret = (): CannotDo =>
  new CannotDo(
    'A backup does not hold the secret of its installation: set SECRET_KEY to it, or name a file that it stands in (--secret-file). Where it is lost, --new-secret makes new signing keys. Nothing was restored.',
  );

/** What somebody types is not shown. */
async function typed(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  try {
    return (await lines.question('')).trim();
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

/** Refuses where the folder has another secret already, which the application would take. @throws CannotDo */
export function assertRoomForSecret({ dataDirectory }: Configuration, { text }: AskedSecret): void {
  const file = join(resolve(dataDirectory), 'secret');
  if (text !== undefined && existsSync(file) && readFileSync(file, 'utf8').trim() !== text)
    throw new CannotDo(
      `${file} holds another secret. Nothing was restored: take it away, or set DATA_DIR to a folder that does not exist.`,
    );
}

/** Puts the secret where the application looks for it, readable for nobody else. */
export function keepSecret({ dataDirectory }: Configuration, { text }: AskedSecret): void {
  if (text === undefined) return;
  mkdirSync(resolve(dataDirectory), { recursive: true, mode: 0o700 });
  writeFileSync(join(resolve(dataDirectory), 'secret'), `${text}\n`, { mode: 0o600, flush: true });
}

import { accessSync, chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The folder with `bin`, `lib` and `share`. */
export type Binaries = Readonly<{ folder: string }>;

const executable = (name: string): string => (process.platform === 'win32' ? `${name}.exe` : name);

export const programIn = (binaries: Binaries, name: 'postgres' | 'initdb'): string => join(binaries.folder, 'bin', executable(name));

/** The binaries as npm installed them for this platform. */
export function installedBinaries(): Binaries {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const platform = `${system}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = join(dirname(require.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
    accessSync(join(folder, 'bin', executable('postgres')));
    return { folder };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause },
    );
  }
}

type Link = Readonly<{ source: string; target: string }>;

/** Links the package lists; its install script makes them, and where scripts are switched off they are missing. Paths are relative to the package. */
function missingLinks({ folder }: Binaries): Link[] {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as Link[];
  return links
    .map(({ source, target }) => ({ source: inFolder(folder, source), target: inFolder(folder, target) }))
    .filter(({ target }) => !existsSync(target));
}

const inFolder = (folder: string, path: string): string => join(folder, relative('native', path));

function makeLinks(links: readonly Link[]): void {
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), target);
    } catch (error) {
      // Another start on the same installation may have made it a moment ago.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/**
 * Makes the installed binaries runnable in place.
 * @returns false where links are missing and the folder cannot be written (a read-only node_modules): use `copyOf` then
 */
export function completeInPlace(binaries: Binaries): boolean {
  const links = missingLinks(binaries);
  if (links.length === 0) return true;
  try {
    makeLinks(links);
    return true;
  } catch {
    return false;
  }
}

/** A copy under `parent` that any user may read and run, made once a version: 60 MB, about 0.1 s. */
export function copyOf(binaries: Binaries, parent: string): Binaries {
  const version = (JSON.parse(readFileSync(join(binaries.folder, '..', 'package.json'), 'utf8')) as { version: string }).version;
  const folder = join(parent, `postgres-binaries-${version}`);
  if (!existsSync(folder)) {
    // Made aside and renamed, so that a start that is killed half-way leaves no half copy behind.
    const unfinished = join(parent, 'postgres-binaries.unfinished');
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    cpSync(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true });
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, folder);
  }
  makeLinks(missingLinks({ folder }));
  return { folder };
}

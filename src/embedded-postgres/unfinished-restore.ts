import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CannotStart } from '../start/cannot-start.js';
import { dataFolderAt, makeDataFolder, writePrivateFile } from './data-folder.js';
import { explained } from './unusable-folder.js';

/** Stands in DATA_DIR from before a restore's first step to behind its last: without it, half a restore would look like a new folder. */
const markIn = (dataDirectory: string): string => join(resolve(dataDirectory), 'restore.unfinished');

export const isRestoreUnfinished = (dataDirectory: string): boolean => existsSync(markIn(dataDirectory));

/** @throws CannotStart where nobody should take an empty database for the one that was to be restored */
export function assertNoUnfinishedRestore(dataDirectory: string): void {
  if (isRestoreUnfinished(dataDirectory))
    throw new CannotStart(
      `A restore into ${resolve(dataDirectory)} was broken off. Run it again, or remove ${markIn(dataDirectory)} to begin without it.`,
    );
}

/** Makes DATA_DIR where there is none. @throws EmbeddedPostgresError when the folder cannot be used */
export function beginRestore(dataDirectory: string): void {
  try {
    makeDataFolder(dataFolderAt(dataDirectory));
    writePrivateFile(markIn(dataDirectory), '');
  } catch (error) {
    throw explained(error, resolve(dataDirectory));
  }
}

export const endRestore = (dataDirectory: string): void => rmSync(markIn(dataDirectory), { force: true });

import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** What a system says of a path that cannot be used, in words for whoever has set DATA_DIR. */
const reasons: Readonly<Record<string, string>> = {
  ENOTDIR: 'is a file, or lies below one',
  EACCES: 'may not be read and written by this user',
  EPERM: 'may not be read and written by this user',
  EROFS: 'lies on a file system that cannot be written to',
  ENOENT: 'cannot be made',
  ENAMETOOLONG: 'is too long a name',
  ELOOP: 'is a link that leads to itself',
  ENOSPC: 'lies on a full disk',
  EDQUOT: "lies on a disk on which this user's share is used up",
};

/** The same as a sentence, where an error is the system's about this folder, something in it or above it; any other error as it is. */
export function explained(error: unknown, folder: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined || path === undefined || !(path.startsWith(folder) || folder.startsWith(path))) return error;
  const advice = code === 'ENOSPC' || code === 'EDQUOT' ? 'Make room, or set' : 'Set';
  return new EmbeddedPostgresError(`DATA_DIR ${folder} ${reason} (${code}). ${advice} it to a folder that this user may write to.`, {
    cause: error,
  });
}

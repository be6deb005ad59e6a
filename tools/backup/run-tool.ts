import { CannotStart } from '../../src/start/cannot-start.js';
import { CannotDo } from './refusals.js';

/** Runs a tool that takes one file, and flags that it knows, and says in a sentence why it could not do its work. */
export async function runTool(
  help: string,
  work: (file: string, flags: ReadonlySet<string>) => Promise<void>,
  known: readonly string[] = [],
): Promise<void> {
  const words = process.argv.slice(2);
  const flags = new Set(words.filter((word) => known.includes(word)));
  const [file, ...others] = words.filter((word) => !flags.has(word));
  if (file === '--help') return console.log(help);
  if (file === undefined || others.length > 0 || file.startsWith('-')) {
    console.error(`Name one file.\n\n${help}`);
    process.exitCode = 2;
    return;
  }
  try {
    await work(file, flags);
  } catch (error) {
    console.error(sentenceOf(error));
    process.exitCode = 1;
  }
}

/** The server said that it ends, or went away without a word. */
const connectionLost = /^(57P0[123]|08\w{3}|ECONNRESET|EPIPE|ECONNREFUSED)$/;

const causes: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'it may not be read or written',
  EPERM: 'it may not be read or written',
  EROFS: 'its disk may only be read',
};

function sentenceOf(error: unknown): unknown {
  if (error instanceof CannotDo || error instanceof CannotStart) return error.message;
  if (!(error instanceof Error)) return error;
  const { code = '', path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === '53100') return 'The disk is full. Nothing was kept; make room and run it again.';
  if (path !== undefined && causes[code] !== undefined) return `${path} cannot be used: ${causes[code]}.`;
  if (code === 'EISDIR') return 'A folder cannot be read as a backup.';
  if (connectionLost.test(code) || /^Connection terminated/.test(error.message))
    return 'The database went away in the middle (was the application stopped?). Nothing was kept; run it again.';
  return error;
}

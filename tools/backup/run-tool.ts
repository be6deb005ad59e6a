import { parseArgs } from 'node:util';
import { CannotStart } from '../../src/start/cannot-start.js';
import { CannotDo } from './refusals.js';

/** What a tool is told beside its file, by name: a word, or that something is wanted. */
export type ToolOptions = Readonly<Record<string, string | boolean | undefined>>;

/** Runs a tool that takes one file, and options that it knows, and says in a sentence why it could not do its work. */
export async function runTool(
  help: string,
  work: (file: string, options: ToolOptions) => Promise<void>,
  known: Readonly<Record<string, 'boolean' | 'string'>> = {},
): Promise<void> {
  const said = parsed(known);
  if (said?.options['help'] === true) return console.log(help);
  if (!said || said.files.length !== 1) {
    console.error(`Name one file.\n\n${help}`);
    process.exitCode = 2;
    return;
  }
  try {
    await work(said.files[0] ?? '', said.options);
  } catch (error) {
    console.error(sentenceOf(error));
    process.exitCode = 1;
  }
}

/** Undefined where something was said that the tool does not know. */
function parsed(known: Readonly<Record<string, 'boolean' | 'string'>>): Readonly<{ files: string[]; options: ToolOptions }> | undefined {
  const options = Object.fromEntries(Object.entries({ ...known, help: 'boolean' as const }).map(([name, type]) => [name, { type }]));
  try {
    const { positionals, values } = parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });
    return { files: positionals, options: values };
  } catch {
    return undefined;
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

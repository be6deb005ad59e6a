import { CannotStart } from '../../src/cannot-start.js';
import { CannotDo } from './refusals.js';

/** Runs a tool that takes one file, and says in a sentence why it could not do its work. */
export async function runTool(help: string, work: (file: string) => Promise<void>): Promise<void> {
  const [file, ...others] = process.argv.slice(2);
  if (file === '--help') return console.log(help);
  if (file === undefined || others.length > 0 || file.startsWith('-')) {
    console.error(`Name one file.\n\n${help}`);
    process.exitCode = 2;
    return;
  }
  try {
    await work(file);
  } catch (error) {
    console.error(sentenceOf(error));
    process.exitCode = 1;
  }
}

function sentenceOf(error: unknown): unknown {
  if (error instanceof CannotDo || error instanceof CannotStart) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === '53100') return 'The disk is full. Nothing was kept of it; make room and run it again.';
  if (code === 'EACCES' || code === 'EPERM' || code === 'ENOENT' || code === 'EISDIR')
    return `The file cannot be used: ${(error as Error).message}.`;
  return error;
}

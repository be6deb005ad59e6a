import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** The five minutes of the README, pasted into a shell as they stand but for address and key. Resolves with every answer, parsed, in its order. */
export async function readmeTour(url: string, key: string): Promise<unknown[]> {
  const tour = /In another one, paste this:\n\n```sh\n([^]*?)```/.exec(await readFile('README.md', 'utf8'))?.[1] ?? '';
  const shell = spawn('bash', ['-s'], { stdio: ['pipe', 'pipe', 'inherit'] });
  shell.stdin.end(tour.replace('a-key-to-try-millwright', key).replace('http://127.0.0.1:3000', url));
  let printed = '';
  for await (const chunk of shell.stdout) printed += String(chunk);
  return printed.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as unknown] : []));
}

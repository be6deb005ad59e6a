import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

declare global {
  var testDatabaseServer: ChildProcess | undefined;
}

/** Jest's globalSetup: one database server for the whole run, with fsync on as in production. `database.ts` and `server.ts` find it by these variables. */
export default async function startDatabase({ rootDir }: { rootDir: string }): Promise<void> {
  const child = spawn(process.execPath, ['--import', './test/harness/typescript.mjs', 'test/harness/database-server.ts'], {
    cwd: rootDir,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the test database did not start'))),
  ])) as [string];
  const { database, control } = JSON.parse(line) as { database: string; control: string };
  process.env['MILLWRIGHT_TEST_DATABASE'] = database;
  process.env['MILLWRIGHT_TEST_CONTROL'] = control;
  globalThis.testDatabaseServer = child;
}

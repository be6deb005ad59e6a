import { once } from 'node:events';

/** Jest's globalTeardown: the server ends, and removes its folder, when its input closes. */
export default async function stopDatabase(): Promise<void> {
  const child = globalThis.testDatabaseServer;
  if (!child || child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}

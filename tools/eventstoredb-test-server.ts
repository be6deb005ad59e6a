import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What it can be told to do wrong (test/eventstoredb-server/faults.ts has the rest): so many of the next appends lose their connection. */
type AppendFaults = Readonly<Partial<Record<'dropAfterCommit' | 'dropBeforeCommit', number>>>;

export type EventStoreDbTestServer = Readonly<{
  url: string;
  misbehave(faults: AppendFaults): void;
  stop(): Promise<void>;
}>;

/** The wire-level test server of the folder test/ as a process of its own, on a folder that goes with it. */
export async function startEventStoreDbTestServer(): Promise<EventStoreDbTestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-wire-log-'));
  const child = fork('test/eventstoredb-server/main.ts', ['--file', join(folder, 'log.jsonl')], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    execArgv: ['--import', './test/harness/typescript.mjs'],
    silent: true,
  });
  const [started] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [{ url: string } | number | null];
  if (typeof started !== 'object' || started === null) throw new Error('the wire-level test server did not start');
  return {
    url: started.url,
    misbehave: (faults) => void child.send(faults),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Faults } from './faults.js';

export type ServerProcessOptions = Readonly<{
  /** Where committed events survive a SIGKILL. */
  file: string;
  /** 0 chooses a free port, which later starts keep. */
  port?: number;
  /** The repository, where it is not the current directory. */
  root?: string;
  /** The position of the first event; past 2^53 shows who keeps positions in numbers. */
  firstPosition?: bigint;
}>;

/** The wire-level test server in a process of its own, so that it can really be killed. */
export class EventStoreDbServerProcess {
  private child: ChildProcess | undefined;
  port: number;

  constructor(private readonly options: ServerProcessOptions) {
    this.port = options.port ?? 0;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  async start(): Promise<this> {
    const { file, firstPosition } = this.options;
    const begins = firstPosition === undefined ? [] : ['--first-position', String(firstPosition)];
    const child = fork('test/eventstoredb-server/main.ts', ['--port', String(this.port), '--file', file, ...begins], {
      cwd: this.options.root ?? process.cwd(),
      execArgv: ['--import', './test/harness/typescript.mjs'],
      silent: true,
    });
    this.child = child;
    const started = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    const [message] = started as [{ port: number } | number | null];
    if (typeof message !== 'object' || message === null) throw new Error(`the test server ended with ${message} before it listened`);
    this.port = message.port;
    return this;
  }

  /** Changes what the server does wrong, and returns when it does. */
  async misbehave(faults: Partial<Faults>): Promise<void> {
    const taken = this.child && once(this.child, 'message');
    this.child?.send(faults);
    await taken;
  }

  /** SIGKILL leaves what was committed in the file; SIGSTOP freezes the server until SIGCONT. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(signal);
  }
}

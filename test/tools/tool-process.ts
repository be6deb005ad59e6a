import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export type Finished = Readonly<{ code: number | null; output: string; errors: string }>;

/**
 * A program of `tools/` as its user runs it: a process of its own, from the build (or from the sources, see `serverProgram`). It and what it has
 * started end with the test file at the latest, also where a test has run out of its time or the tests are killed.
 */
export class ToolProcess {
  private output = '';
  private errors = '';
  private readonly changed = new Set<() => void>();
  private static readonly running = new Set<ToolProcess>();

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => this.heard(() => (this.output += chunk.toString())));
    child.stderr?.on('data', (chunk: Buffer) => this.heard(() => (this.errors += chunk.toString())));
    ToolProcess.running.add(this);
    child.once('close', () => ToolProcess.running.delete(this));
  }

  static start(name: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): ToolProcess {
    const child = spawn(process.execPath, ['--import', './test/harness/end-with-parent.mjs', ...programOf(name), ...args], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    return new ToolProcess(child);
  }

  /** Ends what still runs, with all that it has started, and waits for that. */
  static async endAll(): Promise<void> {
    await Promise.all(
      [...ToolProcess.running].map(async (tool) => {
        tool.child.stdin?.end();
        await tool.finished();
      }),
    );
  }

  /** Waits until it has said something that matches. Rejects when it ends before. */
  async untilItSays(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output + this.errors)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended without saying ${pattern}:\n${this.errors}`);
      await new Promise<void>((resolve) => {
        this.changed.add(resolve);
        this.child.once('close', () => resolve());
      });
    }
  }

  async finished(): Promise<Finished> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    return { code: this.child.exitCode, output: this.output, errors: this.errors };
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.finished();
  }

  private heard(remember: () => void): void {
    remember();
    for (const resolve of this.changed) resolve();
    this.changed.clear();
  }
}

afterAll(() => ToolProcess.endAll());

function programOf(name: string): string[] {
  const root = process.cwd();
  if (process.env['MILLWRIGHT_FROM_SOURCE'] !== undefined)
    return ['--import', join(root, 'test/harness/typescript.mjs'), join(root, `tools/${name}.ts`)];
  const program = join(root, `dist/tools/${name}.js`);
  if (!existsSync(program)) throw new Error('the tools are not built: run `npm run build` first');
  return [program];
}

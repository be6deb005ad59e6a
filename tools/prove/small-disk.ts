import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const pieceBytes = 64 * 1024;
const blockBytes = 4 * 1024;

/** A disk of its own in memory, small enough to be filled in a moment. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** Undefined where this user may not mount one; `why` is told then. */
  static async mount(megabytes: number, why: (reason: string) => void): Promise<SmallDisk | undefined> {
    const path = await mkdtemp(join(tmpdir(), 'millwright-disk-'));
    try {
      // Others may walk through: root's database server runs as another user.
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', path], { stdio: 'pipe' });
      return new SmallDisk(path);
    } catch (error) {
      await rm(path, { recursive: true, force: true });
      why(error instanceof Error ? error.message.trim() : String(error));
      return undefined;
    }
  }

  /** Takes all the room that is left, as another program's runaway file does. */
  fill(): void {
    const file = openSync(this.filler, 'a');
    try {
      for (const piece of [Buffer.alloc(pieceBytes, 'x'), Buffer.alloc(blockBytes, 'x')]) writeUntilFull(file, piece);
    } finally {
      closeSync(file);
    }
  }

  /** Gives back what `fill` took. */
  free(): void {
    rmSync(this.filler, { force: true });
  }

  async unmount(): Promise<void> {
    execFileSync('umount', [this.path], { stdio: 'pipe' });
    await rm(this.path, { recursive: true, force: true });
  }

  private get filler(): string {
    return join(this.path, 'filler');
  }
}

function writeUntilFull(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

import { chownSync, closeSync, copyFileSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRoot } from './operating-user.js';

const largestSizeInBytes = 10 * 1024 * 1024;
const checkEveryMilliseconds = 30_000;

/**
 * The file that takes the server's output, at most twice 10 MB with its predecessor `<file>.1`.
 * The server writes to it directly, so that it goes on even when it has lost the application.
 */
export class ServerLog {
  private readonly timer: NodeJS.Timeout;
  /** Where the current server's output starts. */
  private start = 0;

  constructor(readonly path: string) {
    this.shorten();
    this.timer = setInterval(() => this.shorten(), checkEveryMilliseconds).unref();
  }

  /** A file descriptor to append to, for the output of a server that starts now; the caller closes it. */
  open(): number {
    const file = openSync(this.path, 'a', 0o600);
    if (isRoot()) {
      const { uid, gid } = statSync(dirname(this.path));
      chownSync(this.path, uid, gid);
    }
    this.start = statSync(this.path).size;
    return file;
  }

  /** What the current server has said, its last 4,000 bytes at most. */
  tail(): string {
    const size = statSync(this.path).size;
    const from = Math.max(size < this.start ? 0 : this.start, size - 4_000);
    const buffer = Buffer.alloc(size - from);
    const file = openSync(this.path, 'r');
    try {
      readSync(file, buffer, 0, buffer.length, from);
    } finally {
      closeSync(file);
    }
    return buffer.toString('utf8').trim();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private shorten(): void {
    try {
      if (statSync(this.path).size < largestSizeInBytes) return;
      copyFileSync(this.path, `${this.path}.1`);
      truncateSync(this.path); // the server appends, so it goes on at the new end
    } catch {
      // There is no file yet, or the disk is full: either way the server runs on, and the next check comes.
    }
  }
}

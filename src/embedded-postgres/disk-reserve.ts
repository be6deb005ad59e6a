import { renameSync, rmSync, statSync } from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFolder } from './data-folder.js';

const megabyte = 1024 * 1024;
/** Three segments of the write-ahead log: enough for a server that died of a full disk to recover and to answer reads. */
const reserveBytes = 48 * megabyte;
/** Below this much free space nothing is appended any more, so that the server does not come to the point where it dies. */
const scarceBytes = 32 * megabyte;
const lookMilliseconds = 250;

/**
 * Watches the disk of the embedded database, and keeps a piece of it back. PostgreSQL refuses statements while its tables cannot grow, but it dies when its
 * write-ahead log cannot, and does not start again before there is room for one more segment of that log: the reserve is that room.
 */
export class DiskReserve {
  private readonly path: string;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private keeping: Promise<void> | undefined;
  private released = false;
  private closed = false;
  private scarce = false;
  private free = Number.POSITIVE_INFINITY;

  constructor(private readonly folder: Pick<DataFolder, 'path'>) {
    this.path = join(folder.path, 'disk-reserve');
  }

  /** Whether writes should be refused until somebody has made room. */
  get isScarce(): boolean {
    return this.scarce;
  }

  get freeMegabytes(): number {
    return Math.floor(this.free / megabyte);
  }

  /** From now on the disk is looked at, and the reserve is made, again where it was released, as soon as there is plenty of room. */
  watch(): void {
    this.timer = setInterval(() => void this.look().then(() => this.keepIfPlenty()), lookMilliseconds).unref();
  }

  /** Gives the reserve to the server, which cannot start without it. */
  async releaseIfScarce(): Promise<void> {
    await this.look();
    if (!this.scarce || !this.isKept()) return;
    this.released = true;
    rmSync(this.path, { force: true });
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await Promise.all([this.looking, this.keeping]);
  }

  private look(): Promise<void> {
    this.looking ??= this.lookNow().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookNow(): Promise<void> {
    try {
      const { bavail, bsize } = await statfs(this.folder.path);
      this.free = bavail * bsize;
    } catch {
      return; // a system that does not say how much is free: then the server's own errors are all there is
    }
    // Whoever is refused is let in again only when there is clearly more room; what the reserve itself has left behind is none.
    const enough = 2 * scarceBytes + (this.released && !this.isKept() ? reserveBytes : 0);
    this.scarce = this.free < (this.scarce ? enough : scarceBytes);
  }

  private keepIfPlenty(): void {
    if (this.closed || this.scarce || this.free < 2 * scarceBytes + reserveBytes || this.isKept()) return;
    this.keeping ??= this.keep().finally(() => (this.keeping = undefined));
  }

  private async keep(): Promise<void> {
    const unfinished = `${this.path}.unfinished`;
    try {
      const file = await open(unfinished, 'w', 0o600);
      try {
        const piece = Buffer.alloc(megabyte, 'Millwright keeps this room for its database. ');
        for (let written = 0; written < reserveBytes && !this.closed; written += piece.length) await file.writeFile(piece);
      } finally {
        await file.close();
      }
      if (this.closed) return rmSync(unfinished, { force: true });
      renameSync(unfinished, this.path);
      this.released = false;
    } catch {
      rmSync(unfinished, { force: true }); // somebody was quicker to fill the disk: the next look tries again
    }
  }

  /** A crash of the machine may leave a shorter file. */
  private isKept(): boolean {
    return (statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) >= reserveBytes;
  }
}

import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DamagedBackup } from './refusals.js';

const pieceBytes = 256 * 1024;

/** The text of a compressed snapshot, in pieces. @throws DamagedBackup where it was cut off or is packed in another way, and the file system's own errors */
export async function* backupFile(path: string): AsyncGenerator<Buffer> {
  // Whichever of the two streams fails, the other ends with it, and the loop below is told.
  const unpacked = pipeline(createReadStream(path), createGunzip({ chunkSize: pieceBytes }), () => undefined);
  try {
    for await (const piece of unpacked as AsyncIterable<Buffer>) yield piece;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw code.startsWith('Z_') ? new DamagedBackup('it is no whole compressed file') : error;
  }
}

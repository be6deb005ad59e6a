import { hash, randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

const pool = new Uint8Array(16 * 512);
let used = pool.length;

/** Random bytes from a large pool: asking the operating system for every id costs more than the id. */
function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.slice(used - 16, used);
}

/** A fresh event id (uuidv7): ids of one time stand together in the index. */
export const newEventId = (): string => uuidv7({ rng: randomBytes });

/**
 * The uuidv5 of a name within a namespace (a uuid). By hand because every keyed request needs several and the library's way over single bytes takes
 * many times as long; a test holds the two equal.
 */
export function nameBasedUuid(name: string, namespace: string): string {
  const digest = hash('sha1', Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name)]), 'hex');
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 3) | 8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

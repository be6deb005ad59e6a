import { randomFillSync } from 'node:crypto';
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

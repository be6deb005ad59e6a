import { databaseGone } from './database-gone.js';
import { fullDisk } from './full-disk.js';
import { prove } from './proof.js';
import { slowDisk } from './slow-disk.js';

/** R11: a broken dependency degrades, it does not kill. */
await prove(
  'R11: a database that is gone, out of room or slow ends nothing: writes are 503 for now, and 5 s after it is back everything works',
  180,
  async ({ seconds, random }) => {
    const found = [await databaseGone(seconds * 0.6), await fullDisk(seconds * 0.2), await slowDisk(seconds * 0.2, random)];
    return {
      claims: found.flatMap(({ claims }) => claims),
      figures: Object.assign({}, ...found.map(({ figures }) => figures)) as object as Record<string, string | number>,
    };
  },
);

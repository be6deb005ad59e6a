import pg from 'pg';
import type { RecordedEvent } from '../event.js';
import type { Projection } from '../projection.js';
import { foldBatch } from './batch-fold.js';
import { ParkedStreams } from './parked-streams.js';
import { RowBuffer } from './row-buffer.js';
import { RowLoader } from './row-loader.js';
import { journal } from './testing/world.js';

describe('folding many events', () => {
  it('lets requests have their turns, however many projections fold at once, and folds all in their order', async () => {
    const slow: Projection = { ...journal, apply: (event, rows) => (spin(1), journal.apply(event as never, rows)) };
    let turns = 0;
    let over = false;
    const requests = (): void => {
      turns += 1;
      if (!over) setImmediate(requests);
    };
    setImmediate(requests);
    const folded = await Promise.all([folding(slow), folding(slow), folding(slow)]);
    over = true;
    for (const rows of folded)
      expect(rows.changes()[0]?.adds.map(({ position }) => position)).toEqual(events.map(({ position }) => String(position)));
    // A turn lasts five of the 200 spins of each, or fewer where the machine is slow.
    expect(turns).toBeGreaterThanOrEqual((3 * events.length) / 5 - 3);
  });
});

const events = Array.from(
  { length: 200 },
  (_, index) => ({ stream: `box-${index}`, position: BigInt(index + 1), data: { amount: 1, kind: 'crate' } }) as unknown as RecordedEvent,
);

async function folding(projection: Projection): Promise<RowBuffer> {
  const rows = new RowBuffer(projection.tables);
  const nobody = new pg.Pool();
  await foldBatch(projection, events, rows, new ParkedStreams(projection.name), new RowLoader(nobody, 'none', projection.tables), {
    readStream: () => Promise.resolve([]),
  });
  return rows;
}

/** Milliseconds of work. */
function spin(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

import type { RecordedEvent } from '../event.js';
import type { EventLog } from '../event-log.js';
import { readStreamBefore } from '../fold-of.js';
import type { Projection, Row } from '../projection.js';
import { FoldingTime } from './folding-turns.js';
import type { ParkedStreams } from './parked-streams.js';
import type { RowBuffer } from './row-buffer.js';
import type { RowLoader } from './row-loader.js';

/** Folds a stretch of events into the buffer: rows are loaded ahead, a stream whose event throws is parked, the others go on. A long one lets others have their turns meanwhile. */
export async function foldBatch(
  projection: Projection,
  events: readonly RecordedEvent[],
  rows: RowBuffer,
  parked: ParkedStreams,
  loader: RowLoader,
  log: Pick<EventLog, 'readStream'>,
): Promise<void> {
  const wanted = new Map<string, Row[]>();
  /** Their keys cannot be computed. They are parked in their turn, so that earlier events of their streams still go in. */
  const broken = new Map<RecordedEvent, unknown>();
  for (const event of events) {
    try {
      if (!parked.has(event.stream)) announceKeys(projection, event, rows, wanted);
    } catch (error) {
      broken.set(event, error);
    }
  }
  if (wanted.size > 0) {
    await loader.load(wanted, rows);
    if (projection.tables.some(({ memory }) => memory)) await recollect(projection, events, rows, { parked, broken, log });
  }
  const time = new FoldingTime();
  for (const event of events) {
    if (time.isOver) await time.another();
    if (parked.has(event.stream)) parked.passOver(event);
    else if (broken.has(event)) parked.park(event, broken.get(event));
    else applyEvent(projection, event, rows, parked);
  }
}

function announceKeys(projection: Projection, event: RecordedEvent, rows: RowBuffer, wanted: Map<string, Row[]>): void {
  for (const [table, key] of projection.keys(event)) {
    const missing = rows.announce(table, key);
    if (!missing) continue;
    const known = wanted.get(table);
    if (known) known.push(missing);
    else wanted.set(table, [missing]);
  }
}

function applyEvent(projection: Projection, event: RecordedEvent, rows: RowBuffer, parked: ParkedStreams): void {
  try {
    rows.beginEvent(event.position);
    projection.apply(event, rows);
    rows.keepEvent();
  } catch (error) {
    rows.undoEvent();
    parked.park(event, error);
  }
}

type Around = Readonly<{ parked: ParkedStreams; broken: ReadonlyMap<RecordedEvent, unknown>; log: Pick<EventLog, 'readStream'> }>;

/** Rows that a release without memory has made get it from the log, once as long as they stay in this process's memory. */
async function recollect(projection: Projection, events: readonly RecordedEvent[], rows: RowBuffer, around: Around): Promise<void> {
  const memories = new Map(projection.tables.flatMap(({ name, memory }) => (memory ? [[name, memory] as const] : [])));
  for (const event of events) {
    if (around.parked.has(event.stream) || around.broken.has(event)) continue;
    for (const [table, key] of projection.keys(event)) {
      const memory = memories.get(table);
      if (!memory || !rows.lacksMemory(table, key)) continue;
      rows.recollected(table, key, await memory.recollect(readStreamBefore(around.log, event)));
    }
  }
}

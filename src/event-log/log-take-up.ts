import type pg from 'pg';
import { categoryOf, idOf, type EventLog, type Position, type RecordedEvent, type Sequences } from '#millwright/event-sourcing';
import { UnsuitableLog } from './log-home.js';
import { sequences } from '../read-database/sequences.js';

const pageSize = 1_000;

/** Which sequence the number in a stream's name came from. */
const sequenceOfCategory = new Map(sequences.map(({ category, name }) => [category, name]));

const sequencesInsideEvents = sequences.flatMap(({ name, field }) => (field === undefined ? [] : [{ name, field }]));

/**
 * What has to hold between a database and its log before anything is decided: the log goes at least as far as this database has seen it,
 * and no id that stands in it will be handed out again.
 * @throws UnsuitableLog when it ends before what this database knows
 */
export async function takeUpLog(log: EventLog, pool: pg.Pool, sequences: Pick<Sequences, 'advancePast'>): Promise<void> {
  const [head, { effects, seen }] = await Promise.all([log.head(), checkpointsIn(pool)]);
  if (head < effects)
    throw new UnsuitableLog(
      `The event log ends at position ${head}, but this database has seen it up to ${effects}: it is another log, or one that has lost events. Nothing was changed.`,
    );
  const highest = new Map<string, number>();
  // Ids are taken before their events are appended, in the database that keeps these checkpoints: what lies before them cannot be ahead of the sequences.
  for await (const event of eventsAfter(log, seen))
    for (const [sequence, id] of idsIn(event)) highest.set(sequence, Math.max(id, highest.get(sequence) ?? 0));
  for (const [sequence, id] of highest) await sequences.advancePast(sequence, id);
}

/** The ids that an event used up, with the sequences they came from. */
export function* idsIn({ stream, data }: Pick<RecordedEvent, 'stream' | 'data'>): Generator<readonly [sequence: string, id: number]> {
  const sequence = sequenceOfCategory.get(categoryOf(stream));
  const id = idOf(stream);
  if (sequence !== undefined && Number.isSafeInteger(id)) yield [sequence, id];
  for (const { field, name } of sequencesInsideEvents) {
    const value: unknown = (data as Readonly<Record<string, unknown>>)[field];
    if (typeof value === 'number' && Number.isSafeInteger(value)) yield [name, value];
  }
}

async function* eventsAfter(log: EventLog, position: Position): AsyncGenerator<RecordedEvent> {
  for (let after = position; ;) {
    const page = await log.readAll(after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.position;
  }
}

async function checkpointsIn(pool: pg.Pool): Promise<{ effects: Position; seen: Position }> {
  const { rows } = await pool.query<{ effects: string; projected: string }>(
    `SELECT (SELECT coalesce(max(checkpoint), 0) FROM app.process_managers)::text AS effects,
            (SELECT greatest((SELECT max(checkpoint) FROM app.projection_builds), (SELECT checkpoint FROM app.live_read_models)))::text AS projected`,
  );
  const effects = BigInt(rows[0]?.effects ?? 0);
  const projected = BigInt(rows[0]?.projected ?? 0);
  return { effects, seen: projected > effects ? projected : effects };
}

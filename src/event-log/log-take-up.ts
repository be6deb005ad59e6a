import type pg from 'pg';
import { categoryOf, idOf, type EventLog, type Position, type RecordedEvent, type Sequences } from '#millwright/event-sourcing';
import { UnsuitableLog } from './log-home.js';
import { sequences } from '../read-database/sequences.js';

const pageSize = 1_000;

/** Which sequence the number in a stream's name came from. */
const sequenceOfCategory = new Map(sequences.map(({ category, name }) => [category, name]));

/** The way to each id that stands inside of events, with the sequence it came from. */
const sequencesInsideEvents = sequences.flatMap(({ name, field, inside = [] }) =>
  [...(field === undefined ? [] : [field]), ...inside].map((path) => ({ name, path: path.split('.') })),
);

/**
 * What has to hold between a database and its log before anything is decided: the log goes at least as far as this database has seen it,
 * and no id that stands in it will be handed out again. The log is read from its beginning only where there is a sequence that this database did not have
 * before: earlier releases numbered by other rules what it numbers.
 * @throws UnsuitableLog when it ends before what this database knows
 */
export async function takeUpLog(log: EventLog, pool: pg.Pool, sequences: Pick<Sequences, 'advancePast'>): Promise<void> {
  const [head, { effects, seen }, unknown] = await Promise.all([log.head(), checkpointsIn(pool), notTakenUp(pool)]);
  if (head < effects)
    throw new UnsuitableLog(
      `The event log ends at position ${head}, but this database has seen it up to ${effects}: it is another log, or one that has lost events. Nothing was changed.`,
    );
  const highest = new Map<string, number>();
  // Ids are taken before their events are appended, in the database that keeps these checkpoints: what lies before them cannot be ahead of the sequences.
  for await (const event of eventsAfter(log, unknown.length > 0 ? 0n : seen))
    for (const [sequence, id] of idsIn(event)) highest.set(sequence, Math.max(id, highest.get(sequence) ?? 0));
  for (const [sequence, id] of highest) await sequences.advancePast(sequence, id);
  await pool.query('INSERT INTO app.taken_up_sequences (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [unknown]);
}

/** The ids that an event used up, with the sequences they came from. */
export function* idsIn({ stream, data }: Pick<RecordedEvent, 'stream' | 'data'>): Generator<readonly [sequence: string, id: number]> {
  const sequence = sequenceOfCategory.get(categoryOf(stream));
  const id = idOf(stream);
  if (sequence !== undefined && Number.isSafeInteger(id)) yield [sequence, id];
  for (const { name, path } of sequencesInsideEvents)
    for (const value of valuesAt(path, data)) if (typeof value === 'number' && Number.isSafeInteger(value)) yield [name, value];
}

/** What stands at the end of a path: of every entry of lists on the way. */
function valuesAt(path: readonly string[], from: unknown): readonly unknown[] {
  if (Array.isArray(from)) return from.flatMap((entry) => valuesAt(path, entry));
  const [name, ...rest] = path;
  if (name === undefined) return [from];
  return typeof from === 'object' && from !== null && name in from ? valuesAt(rest, from[name as never]) : [];
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

/** The sequences for which the log was never read from its beginning. */
async function notTakenUp(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>('SELECT name FROM app.taken_up_sequences');
  const known = new Set(rows.map(({ name }) => name));
  return sequences.map(({ name }) => name).filter((name) => !known.has(name));
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

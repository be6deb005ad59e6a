import type { DataSource } from 'typeorm';
import type { Row } from '#millwright/event-sourcing';
import { instantText } from '#millwright/fields';

/** Lines of an explanation with the events at their positions, in the order of the log. */
export async function withEvents(database: DataSource, lines: readonly Row[]): Promise<Row[]> {
  const events = await database.query<Row[]>(
    `SELECT position::text, event_id, type AS event_type, stream, revision AS event_revision, actor_kind, actor_id, recorded_at, effective_at
     FROM read.audit_events WHERE position = ANY($1::numeric[])`,
    [lines.map(({ position }) => String(position))],
  );
  const byPosition = new Map(events.map((event) => [event['position'], event]));
  return lines
    .map((line): Row => {
      const { recorded_at, event_revision, ...event } = byPosition.get(String(line['position'])) ?? {};
      return { ...line, ...event, event_revision: Number(event_revision), recorded_at: instantText(recorded_at as Date) };
    })
    .sort((one, other) => Number(BigInt(String(one['position'])) - BigInt(String(other['position']))));
}

/** The positions of events of one stream, by their revisions. */
export async function positionsOf(database: DataSource, stream: string, revisions: readonly number[]): Promise<Map<number, string>> {
  const found = await database.query<{ revision: string; position: string }[]>(
    'SELECT revision, position::text FROM read.audit_events WHERE stream = $1 AND revision = ANY($2::bigint[])',
    [stream, [...revisions]],
  );
  return new Map(found.map(({ revision, position }) => [Number(revision), position]));
}

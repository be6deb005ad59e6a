import type { Client } from 'pg';
import { none, type Finding } from './proof.js';

export type LoggedEvent = Readonly<{ position: string; stream: string; revision: number; type: string; note: string | undefined }>;

/** Every event of the log, read past the product, with the note by which a proof knows its own commands again. */
export async function readLog(client: Client): Promise<LoggedEvent[]> {
  const { rows } = await client.query<{ position: string; stream: string; revision: string; type: string; note: string | null }>(
    `select global_position::text as position, stream, revision::text as revision, type, canonical::jsonb -> 'data' ->> 'note' as note
     from log.events order by global_position`,
  );
  return rows.map(({ revision, note, ...event }) => ({ ...event, revision: Number(revision), note: note ?? undefined }));
}

/** Positions run 1..N and every stream 0..n, each without a gap. */
export function orderFindings(events: readonly LoggedEvent[]): Finding[] {
  const positionGaps = events.flatMap(({ position }, index) =>
    position === String(index + 1) ? [] : [`position ${position} at place ${index + 1}`],
  );
  const nextRevision = new Map<string, number>();
  const revisionGaps: string[] = [];
  for (const { stream, revision } of events) {
    const expected = nextRevision.get(stream) ?? 0;
    if (revision !== expected) revisionGaps.push(`${stream}@${revision}, expected ${expected}`);
    nextRevision.set(stream, revision + 1);
  }
  return [
    none(`positions run from 1 to ${events.length} without a gap`, positionGaps),
    none(`revisions of ${nextRevision.size} streams run without a gap`, revisionGaps),
  ];
}

import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Appends to a stream what an earlier release would have, while no server runs. */
export async function appendAsBefore(
  url: string | undefined,
  stream: string,
  events: readonly (readonly [type: string, data: object])[],
  differing: Readonly<{ entity_id?: number; effective_at?: string }> = {},
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ revision: string | null }>('SELECT max(revision) AS revision FROM log.events WHERE stream = $1', [
      stream,
    ]);
    let revision = Number(rows[0]?.revision ?? -1);
    for (const [type, data] of events) {
      revision += 1;
      const id = randomUUID();
      const metadata = {
        $causationId: 'earlier',
        $correlationId: 'earlier',
        actor: { id: 'admin', kind: 'api_key' },
        customer_id: 1,
        effective_at: '2025-01-02T03:04:05.000Z',
        entity_id: 1,
        recorded_at: '2025-01-02T03:04:05.000Z',
        request_id: 'earlier',
        schema_version: 1,
        ...differing,
      };
      await client.query('UPDATE log.counter SET position = position + 1');
      await client.query(
        `INSERT INTO log.events (global_position, revision, event_id, stream, category, type, canonical)
         SELECT position, $1, $2, $3, $4, $5, $6 FROM log.counter`,
        [revision, id, stream, stream.replace(/-.*/, ''), type, JSON.stringify({ data, id, metadata, revision, stream, type })],
      );
    }
  } finally {
    await client.end();
  }
}

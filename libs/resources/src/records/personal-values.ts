import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { Migration } from '#millwright/event-sourcing';
import type { RecordValues } from './record-decider.js';

/** Names and addresses of people live here and nowhere else: rows can be changed and erased, events cannot. */
export const peopleMigrations: readonly Migration[] = [
  {
    name: '0001-people',
    sql: `
create table app.people (
  kind text not null,
  id bigint not null,
  version uuid not null,
  details jsonb not null,
  written_at timestamptz not null default now(),
  primary key (kind, id, version)
);
comment on table app.people is 'Personal data. An event names the version of the details it speaks of; only that version is shown.';
`,
  },
];

/**
 * A person's values under versions. A version is written before the event that names it, so an event never speaks of values that are not there,
 * and a refused command leaves only a version that nobody names.
 */
@Injectable()
export class PersonalValues {
  constructor(private readonly pool: Pool) {}

  async read(kind: string, id: number, version: string): Promise<RecordValues> {
    const { rows } = await this.pool.query<{ details: RecordValues }>(
      'SELECT details FROM app.people WHERE kind = $1 AND id = $2 AND version = $3',
      [kind, id, version],
    );
    return rows[0]?.details ?? {};
  }

  async write(kind: string, id: number, version: string, details: RecordValues): Promise<void> {
    await this.pool.query('INSERT INTO app.people (kind, id, version, details) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
      kind,
      id,
      version,
      JSON.stringify(details),
    ]);
  }

  /** Forgets values that no event came to name. */
  async forget(kind: string, id: number, version: string): Promise<void> {
    await this.pool.query('DELETE FROM app.people WHERE kind = $1 AND id = $2 AND version = $3', [kind, id, version]);
  }

  /** Forgets what no event names any more. The version before the current one stays until the next change: a read model may still be behind. */
  async forgetAllBut(kind: string, id: number, versions: readonly string[]): Promise<void> {
    await this.pool.query(
      "DELETE FROM app.people WHERE kind = $1 AND id = $2 AND version <> ALL($3) AND written_at < now() - interval '1 minute'",
      [kind, id, versions],
    );
  }
}

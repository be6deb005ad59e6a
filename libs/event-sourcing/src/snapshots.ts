import type { Pool, PoolClient } from 'pg';
import type { Migration } from './postgres/log-schema.js';

/** Which state a snapshot holds: that of a stream after the event with this revision and id, made by this version of its decider. */
export type SnapshotHeader = Readonly<{ stream: string; version: number; revision: number; eventId: string }>;

/** Pages by name, as JSON text: a large state is put into words and read back in slices, elsewhere. */
export type SnapshotPages = ReadonlyMap<string, string>;

/** Snapshots are disposable: deleting them all costs time, never truth. */
export interface SnapshotStore {
  load(stream: string, version: number): Promise<Readonly<{ revision: number; eventId: string; pages: SnapshotPages }> | undefined>;
  /** Writes the pages that differ from the snapshot at `sinceRevision`; false when that is not the snapshot that is stored. */
  saveChanges(header: SnapshotHeader, sinceRevision: number, changedPages: SnapshotPages): Promise<boolean>;
  /** Replaces whatever is stored, unless that is newer. */
  saveAll(header: SnapshotHeader, pages: SnapshotPages): Promise<void>;
}

const tables = `
create schema if not exists app;
create table app.snapshots (
  stream text primary key,
  version integer not null,
  revision bigint not null,
  event_id uuid not null
);
create table app.snapshot_pages (
  stream text not null references app.snapshots (stream) on delete cascade,
  page text not null,
  content text not null,
  primary key (stream, page)
);
do $$
begin
  if exists (select from pg_roles where rolname = 'millwright_app') then
    grant usage on schema app to millwright_app;
    grant select, insert, update, delete on app.snapshots, app.snapshot_pages to millwright_app;
  end if;
end
$$;
`;

export const snapshotMigrations: readonly Migration[] = [{ name: '0001-snapshots', sql: tables }];

export class PostgresSnapshots implements SnapshotStore {
  constructor(private readonly pool: Pool) {}

  async load(stream: string, version: number): ReturnType<SnapshotStore['load']> {
    // One statement, so that header and pages are of one moment.
    const { rows } = await this.pool.query<{ revision: string; event_id: string; page: string | null; content: string }>({
      name: 'snapshot-load',
      text: `select s.revision::text, s.event_id::text, p.page, p.content from app.snapshots s left join app.snapshot_pages p on p.stream = s.stream
             where s.stream = $1 and s.version = $2`,
      values: [stream, version],
    });
    const [first] = rows;
    if (!first) return undefined;
    const pages = new Map<string, string>();
    for (const { page, content } of rows) if (page !== null) pages.set(page, content);
    return { revision: Number(first.revision), eventId: first.event_id, pages };
  }

  saveChanges(header: SnapshotHeader, sinceRevision: number, changedPages: SnapshotPages): Promise<boolean> {
    return this.transaction(async (client) => {
      const moved = await client.query(
        'update app.snapshots set revision = $3, event_id = $4 where stream = $1 and version = $2 and revision = $5 and revision < $3',
        [header.stream, header.version, header.revision, header.eventId, sinceRevision],
      );
      if (moved.rowCount === 0) return false;
      await writePages(client, header.stream, changedPages);
      return true;
    });
  }

  async saveAll(header: SnapshotHeader, pages: SnapshotPages): Promise<void> {
    await this.transaction(async (client) => {
      // Another version's snapshot is of no use to this decider, and one past this revision with the same version is better than ours.
      const taken = await client.query(
        `insert into app.snapshots (stream, version, revision, event_id) values ($1, $2, $3, $4)
         on conflict (stream) do update set version = excluded.version, revision = excluded.revision, event_id = excluded.event_id
         where snapshots.version <> excluded.version or snapshots.revision < excluded.revision`,
        [header.stream, header.version, header.revision, header.eventId],
      );
      if (taken.rowCount === 0) return;
      await client.query('delete from app.snapshot_pages where stream = $1', [header.stream]);
      await writePages(client, header.stream, pages);
    });
  }

  private async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      // Losing the last snapshots in a crash costs a longer fold, so nobody waits for the disk.
      await client.query('begin; set local synchronous_commit = off');
      const result = await work(client);
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }
}

/** How many pages travel in one statement: its text is made in one go, and others have to wait meanwhile. */
const pagesPerStatement = 64;

async function writePages(client: PoolClient, stream: string, pages: SnapshotPages): Promise<void> {
  const all = [...pages];
  for (let first = 0; first < all.length; first += pagesPerStatement)
    await writeSome(client, stream, all.slice(first, first + pagesPerStatement));
}

async function writeSome(client: PoolClient, stream: string, pages: readonly (readonly [name: string, content: string])[]): Promise<void> {
  await client.query(
    `insert into app.snapshot_pages (stream, page, content) select $1, p.page, p.content from unnest($2::text[], $3::text[]) as p(page, content)
     on conflict (stream, page) do update set content = excluded.content`,
    [stream, pages.map(([name]) => name), pages.map(([, content]) => content)],
  );
}

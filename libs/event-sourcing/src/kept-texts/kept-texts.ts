import { hash, randomBytes } from 'node:crypto';
import { In, Raw, type EntityManager, type Repository } from 'typeorm';
import { systemClock, type Clock } from '../clock.js';
import type { Migration } from '../postgres/log-schema.js';
import { sharedStatements } from '../postgres/shared-statements.js';
import { errorOf } from '../retry.js';
import { KeptTextRow } from './kept-text.entity.js';

export const keptTextEntities = [KeptTextRow];

export const keptTextMigrations: readonly Migration[] = [
  {
    name: '0001-kept-texts',
    sql: `
create table app.kept_texts (
  id uuid primary key,
  record_id bigint not null,
  salt bytea,
  content text,
  digest text not null,
  kept_at timestamptz not null default now()
);
comment on table app.kept_texts is 'Texts that events name by id and SHA-256 and do not hold, so that they can vanish.';
`,
  },
];

/** What an event says of a text: the id that it is kept under, the record that shows it, and the SHA-256 of the salted text in hex. */
export type KeptText = Readonly<{ id: string; recordId: number; digest: string }>;

/** A text whose event nobody came to append in so long a time is taken away: the process ended in between. */
export const sweptAfter = '1 hour';
/** Whoever appends an event so many milliseconds after its text was kept may find that swept. It leaves room for clocks and for a sweep that takes its time. */
const soonMs = 10 * 60_000;

type Row = Pick<KeptTextRow, 'id' | 'recordId' | 'salt' | 'content' | 'digest'>;
type InsertedRow = Omit<Row, 'recordId'> & Readonly<{ record_id: string }>;

/**
 * Texts that must be able to vanish. A text is kept before the event that names it, so that no event speaks of what is not there, and said to `stay` once that
 * is appended.
 */
export class KeptTexts {
  private readonly texts: Repository<KeptTextRow>;
  private readonly kept = new WeakMap<KeptText, Readonly<{ row: Row; at: Date }>>();
  private readonly puts = sharedStatements((rows: readonly Row[]) => this.putAll(rows), { atMost: 100 });

  constructor(
    entities: EntityManager,
    private readonly clock: Pick<Clock, 'now'> = systemClock,
  ) {
    this.texts = entities.getRepository(KeptTextRow);
  }

  /** What is kept under an id stays as it was kept first, its record included: whoever tries again gets the same, also when the text has vanished since. */
  async keep({ id, recordId, content }: Readonly<{ id: string; recordId: number; content: string }>): Promise<KeptText> {
    const at = this.clock.now();
    const salt = randomBytes(16);
    const digest = hash('sha256', Buffer.concat([salt, Buffer.from(content)]), 'hex');
    const row = await this.put({ id, recordId, salt, content, digest });
    const text = { id, recordId: row.recordId, digest: row.digest };
    this.kept.set(text, { row, at });
    return text;
  }

  /**
   * Has a text be there when its event is: to be said once that is appended, or may have been. Where that took so long that the text may have been swept, it
   * is kept again as it was.
   */
  async stay(text: KeptText): Promise<void> {
    const known = this.kept.get(text);
    if (known && this.clock.now().getTime() - known.at.getTime() >= soonMs) await this.put(known.row);
  }

  /** What is there is kept from now on, so that no sweep takes it from under whoever tries again. */
  private async put(row: Row): Promise<Row> {
    return this.puts.load(row);
  }

  /** Answers each in its place. What cannot be kept keeps none of the others from it. */
  private async putAll(rows: readonly Row[]): Promise<readonly (Row | Error)[]> {
    const alone = rows.length === 1;
    return this.insert(rows).catch((error: unknown) => {
      if (alone) throw error;
      return Promise.all(rows.map((row) => this.insert([row]).then(([kept]) => kept as Row, errorOf)));
    });
  }

  private async insert(rows: readonly Row[]): Promise<readonly Row[]> {
    // One statement writes no row twice, and those of two go in the same order.
    const distinct = [...new Map(rows.map((row) => [row.id, row])).values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    const columns = (['id', 'recordId', 'salt', 'content', 'digest'] as const).map((column) => distinct.map((row) => row[column]));
    const raw = await this.texts.query<readonly InsertedRow[]>(
      `INSERT INTO app.kept_texts (id, record_id, salt, content, digest)
       SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::text[], $5::text[])
       ON CONFLICT (id) DO UPDATE SET kept_at = excluded.kept_at RETURNING id, record_id, salt, content, digest`,
      columns,
    );
    const kept = new Map(raw.map(({ record_id, ...row }) => [row.id, { ...row, recordId: Number(record_id) }]));
    return rows.map(({ id }) => {
      const row = kept.get(id);
      if (!row) throw new Error(`the text ${id} was not kept`);
      return row;
    });
  }

  /** Null where it has vanished. */
  async read(id: string): Promise<string | null> {
    return (await this.texts.findOneBy({ id }))?.content ?? null;
  }

  /** The SHA-256 of the salted text in hex, also where the text has vanished. */
  async digestOf(id: string): Promise<string> {
    return (await this.texts.findOneByOrFail({ id })).digest;
  }

  /** Has a text vanish, with the salt that its digest could be tried with. Its id stays taken. */
  async erase(id: string): Promise<void> {
    await this.texts.update({ id }, { content: null, salt: null });
  }

  /** Takes back what no event came to name. */
  async takeBack(id: string): Promise<void> {
    await this.texts.delete({ id });
  }

  /** Takes back what no event came to name in a long time; what was kept again since stays. */
  async sweep(ids: readonly string[]): Promise<void> {
    await this.texts.delete({ id: In(ids), keptAt: Raw((column) => `${column} < clock_timestamp() - interval '${sweptAfter}'`) });
  }
}

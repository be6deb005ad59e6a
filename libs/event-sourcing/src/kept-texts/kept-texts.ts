import { hash, randomBytes } from 'node:crypto';
import type { EntityManager, Repository } from 'typeorm';
import type { Migration } from '../postgres/log-schema.js';
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

/** Texts that must be able to vanish. A text is kept before the event that names it, so that no event speaks of what is not there. */
export class KeptTexts {
  private readonly texts: Repository<KeptTextRow>;

  constructor(entities: EntityManager) {
    this.texts = entities.getRepository(KeptTextRow);
  }

  /** What is kept under an id stays as it was kept first, its record included: whoever tries again gets the same, also when the text has vanished since. */
  async keep({ id, recordId, content }: Readonly<{ id: string; recordId: number; content: string }>): Promise<KeptText> {
    const salt = randomBytes(16);
    const digest = hash('sha256', Buffer.concat([salt, Buffer.from(content)]), 'hex');
    const row = { id, recordId, salt, content, digest };
    const kept = await this.texts.createQueryBuilder().insert().values(row).orIgnore().returning('id').execute();
    if ((kept.raw as readonly unknown[]).length > 0) return { id, recordId, digest };
    const first = await this.texts.findOneByOrFail({ id });
    return { id, recordId: first.recordId, digest: first.digest };
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
}

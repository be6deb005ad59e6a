import type { DataSource } from 'typeorm';
import { instantText } from '#millwright/fields';
import { columnSql } from '#millwright/lists';
import { commentView, type CommentedKind } from './read-models/comments.js';

/** What a record shows to people without an account. */
const most = 1_000;

export type PublicComment = Readonly<{ text: string; created_at: string }>;

/** Those comments of a record that are for everybody and stand, the first one first and 1,000 at most; never who wrote them. */
export async function publicCommentsOf(database: DataSource, kind: CommentedKind, id: number): Promise<PublicComment[]> {
  const found = await database.query<{ content: string; created_at: Date }[]>(
    `SELECT ${columnSql(commentView, 'text')} AS content, created_at FROM ${commentView.from}
     WHERE ${kind}_id = $1 AND public AND withdrawn_at IS NULL ORDER BY id LIMIT ${most}`,
    [id],
  );
  return found.map(({ content, created_at }) => ({ text: content, created_at: instantText(created_at) }));
}

import type { BulkRead, Related } from '#millwright/fields';
import { rowsOf, statementAsOf } from '#millwright/lists';
import type { Row } from '#millwright/event-sourcing';
import { commentView, type CommentedKind } from './read-models/comments.js';

/** How many comments each of a page of records has, in one statement; those that were withdrawn do not count. */
const countsOf = (kind: CommentedKind): BulkRead<number, number> => ({
  shared: true,
  async read(ids, database) {
    const found = await database.query<{ id: string; comments: string }[]>(
      ...statementAsOf(
        `SELECT ${kind}_id AS id, count(*) AS comments FROM ${rowsOf(commentView)} WHERE ${kind}_id = ANY($1) AND withdrawn_at IS NULL GROUP BY ${kind}_id`,
        [[...ids]],
      ),
    );
    const counts = new Map(found.map(({ id, comments }) => [Number(id), Number(comments)]));
    return ids.map((id) => counts.get(id) ?? 0);
  },
});

const counts: Readonly<Record<CommentedKind, BulkRead<number, number>>> = {
  work_order: countsOf('work_order'),
  work_order_request: countsOf('work_order_request'),
};

/** What a record shows of how much was said about it: `of` of its `comments_count`. */
export const commentsCountOf =
  (kind: CommentedKind) =>
  ({ id }: Row, related: Related): Promise<number> =>
    related.load(counts[kind], Number(id));

import type { Scope } from '#millwright/access';
import { idOf, streamName, type Projection, type RecordedEvent, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { viewOf, type ListDefinition, type View } from '#millwright/lists';
import { comment, type Comment } from '../domain/comment.js';
import type { CommentEvent } from '../domain/comment.events.js';
import { commentShown } from '../comment.shown.js';

/** The kinds of records that can be spoken of; each has a column with its ids. */
export type CommentedKind = 'work_order' | 'work_order_request';

/** The right to read or write what is said about a kind of record: that of the record. */
export const scopeAbout = (kind: string, verb: 'read' | 'write'): Scope => `${kind}s:${verb}`;

export const commentTable: TableDefinition = {
  name: 'comments',
  columns: {
    id: 'bigint',
    customer_id: 'bigint',
    entity_id: 'bigint',
    work_order_id: 'bigint',
    work_order_request_id: 'bigint',
    text_id: 'uuid',
    public: 'boolean',
    withdrawn_at: 'timestamptz',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    created_by_id: 'bigint',
    revision: 'bigint',
  },
  key: ['id'],
  indexes: [
    ['work_order_id', 'id'],
    ['work_order_request_id', 'id'],
  ],
  history: { owner: 'entity_id', figures: ['work_order_id', 'work_order_request_id', 'withdrawn_at'] },
};

const stored = viewOf(commentTable);

/** The read model knows who spoke and when, `app.kept_texts` what was said; joined on reading, so that it can vanish. */
export const commentView: View = {
  ...stored,
  columns: {
    ...stored.columns,
    text: {
      type: 'text',
      // Withdrawn is withdrawn, also in the moment before the text itself is erased.
      sql: '(SELECT kept.content FROM app.kept_texts kept WHERE kept.id = text_id AND withdrawn_at IS NULL)',
    },
  },
};

export const commentsProjection: Projection<CommentEvent> = {
  name: 'comments',
  version: 1,
  tables: [commentTable],
  categories: [comment.category],
  keys: ({ stream }) => [[commentTable.name, { id: idOf(stream) }]],
  apply(event, rows) {
    rows.put(commentTable.name, rowAfter(rows.get(commentTable.name, { id: idOf(event.stream) }), event));
  },
};

function rowAfter(before: Readonly<Row> | undefined, event: RecordedEvent<CommentEvent>): Row {
  const { type, data, stream, metadata, revision } = event;
  const { recorded_at: updated_at } = metadata;
  switch (type) {
    case 'CommentAdded':
      return {
        ...ofRecord(data.recordKind, data.recordId),
        id: data.commentId,
        customer_id: metadata.customer_id,
        entity_id: metadata.entity_id,
        text_id: data.textId,
        public: data.public,
        withdrawn_at: null,
        created_at: updated_at,
        updated_at,
        created_by_id: data.authorId,
        revision,
      };
    case 'CommentWithdrawn':
      if (!before) throw new Error(`${stream} was withdrawn before it was added`);
      return { ...before, withdrawn_at: updated_at, updated_at, revision };
  }
}

const ofRecord = (kind: string, id: number): Row => ({ work_order_id: null, work_order_request_id: null, [`${kind}_id`]: id });

/** A comment from the decided state, as `read.comments` will have it, with its text. */
export function commentRow({ added, withdrawnAt, history }: Comment, text: string | null, revision: number): Row {
  if (!added || !history) throw new Error('a comment that was never added has no row');
  const { customerId, entityId, created, updated } = history;
  return {
    ...ofRecord(added.recordKind, added.recordId),
    id: added.commentId,
    customer_id: customerId,
    entity_id: entityId,
    text,
    public: added.public,
    withdrawn_at: withdrawnAt,
    created_at: created.at,
    updated_at: updated.at,
    created_by_id: added.authorId,
    revision,
  };
}

/** GET /work_orders/{id}/comments, and of other records. */
export const commentList: ListDefinition = {
  view: commentView,
  attributes: commentShown.attributes,
  search: ['text'],
  defaultSort: 'id asc',
  scope: 'entity',
  source: { projection: commentsProjection.name, streamOf: ({ id }) => streamName(comment.category, Number(id)) },
};

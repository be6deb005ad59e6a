import type { Scope } from '#millwright/access';
import {
  categoryOf,
  idOf,
  streamName,
  type Event,
  type Projection,
  type RecordedEvent,
  type Row,
  type TableDefinition,
} from '#millwright/event-sourcing';
import { viewOf, type ListDefinition, type View } from '#millwright/lists';
import { comment, keyOf, type Comment, type ToldComment } from '../domain/comment.js';
import type { CommentAdded, CommentEvent } from '../domain/comment.events.js';
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
    author_key_id: 'text',
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

export const commentProjectionName = 'comments';

/** Events of other streams that are comments at the same time: what one says, undefined where it says nothing. */
export type ToldComments<E extends Event> = Readonly<{
  category: string;
  said(event: E): CommentAdded['data'] | undefined;
}>;

/** Comments that have streams of their own, and those that events of other streams tell: these get a stream when they are withdrawn. */
export function commentsProjection<E extends Event>(told: ToldComments<E>): Projection<CommentEvent | E> {
  const isTold = (event: RecordedEvent<CommentEvent | E>): event is RecordedEvent<E> => categoryOf(event.stream) === told.category;
  return {
    name: commentProjectionName,
    version: 2,
    tables: [commentTable],
    categories: [comment.category, told.category],
    keys(event) {
      const id = isTold(event) ? told.said(event)?.commentId : idOf(event.stream);
      return id === undefined ? [] : [[commentTable.name, { id }]];
    },
    apply(event, rows) {
      if (!isTold(event)) {
        rows.put(commentTable.name, rowAfter(rows.get(commentTable.name, { id: idOf(event.stream) }), event));
        return;
      }
      const said = told.said(event);
      if (said) rows.put(commentTable.name, addedRow(said, event));
    },
  };
}

function rowAfter(before: Readonly<Row> | undefined, event: RecordedEvent<CommentEvent>): Row {
  const { type, data, stream, metadata, revision } = event;
  const { recorded_at: updated_at } = metadata;
  switch (type) {
    case 'CommentAdded':
      return { ...addedRow(data, event), revision };
    case 'CommentWithdrawn':
      if (!before) throw new Error(`${stream} was withdrawn before it was added`);
      return { ...before, withdrawn_at: updated_at, updated_at, revision };
  }
}

/** As the first event of a stream of its own has it, also where the comment has none yet. */
function addedRow(said: CommentAdded['data'], { metadata }: Pick<RecordedEvent, 'metadata'>): Row {
  const { recorded_at: updated_at } = metadata;
  return {
    ...ofRecord(said.recordKind, said.recordId),
    id: said.commentId,
    customer_id: metadata.customer_id,
    entity_id: metadata.entity_id,
    text_id: said.textId,
    public: said.public,
    withdrawn_at: null,
    created_at: said.saidAt ?? updated_at,
    updated_at,
    created_by_id: said.authorId,
    author_key_id: keyOf(metadata.credential),
    revision: toldRevision,
  };
}

/** What a row of another stream's event says, with the digest of its text. */
export const saidIn = (row: Readonly<Row>, textSha256: string): ToldComment => {
  const recordKind: CommentedKind = row['work_order_id'] === null ? 'work_order_request' : 'work_order';
  const data = {
    commentId: Number(row['id']),
    recordKind,
    recordId: Number(row[`${recordKind}_id`]),
    authorId: Number(row['created_by_id']),
    public: row['public'] === true,
    textId: String(row['text_id']),
    textSha256,
    saidAt: String(row['created_at']),
  };
  const keyId = row['author_key_id'];
  return { data, keyId: typeof keyId === 'string' ? keyId : null };
};

/** What If-Match is about while a comment has no stream of its own: that of the event with which it will begin. */
export const toldRevision = 0;

const ofRecord = (kind: string, id: number): Row => ({ work_order_id: null, work_order_request_id: null, [`${kind}_id`]: id });

/** A comment from the decided state, as `read.comments` will have it, with its text. */
export function commentRow({ added, keyId, withdrawnAt, history }: Comment, text: string | null, revision: number): Row {
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
    author_key_id: keyId,
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
  source: { projection: commentProjectionName, streamOf: ({ id }) => streamName(comment.category, Number(id)) },
};

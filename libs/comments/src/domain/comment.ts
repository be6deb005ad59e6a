import { historyAfter, Rejection, stampOf, type RecordHistory, type Stream } from '#millwright/event-sourcing/decider';
import type { CommentAdded, CommentEvent } from './comment.events.js';

/** A comment as its events make it; `added` is null before the first. */
export type Comment = Readonly<{
  added: CommentAdded['data'] | null;
  /** When it was taken back (RFC 3339, UTC); null: it was not. */
  withdrawnAt: string | null;
  isWithdrawn: boolean;
  history: RecordHistory | undefined;
}>;

/** Each comment has a stream of its own: what is said of a record does not move the record's tag, and many may speak at once. */
export const comment: Stream<Comment, CommentEvent> = {
  category: 'comment',
  initialState: { added: null, withdrawnAt: null, isWithdrawn: false, history: undefined },
  evolve(state, event) {
    const history = historyAfter(state.history, event);
    switch (event.type) {
      case 'CommentAdded':
        return { ...state, added: event.data, history: history && saidAt(event.data.saidAt, history) };
      case 'CommentWithdrawn':
        return { ...state, isWithdrawn: true, withdrawnAt: stampOf(event)?.at ?? null, history };
    }
  },
};

const saidAt = (at: string | undefined, history: RecordHistory): RecordHistory =>
  at === undefined ? history : { ...history, created: { ...history.created, at } };

/** Nothing happens where the same text was added already, for an effect may be carried out twice. @throws Rejection CONFLICT the id is taken */
export function addComment({ added }: Comment, wanted: CommentAdded['data']): CommentEvent[] {
  if (added?.textId === wanted.textId) return [];
  if (added) throw new Rejection('CONFLICT', 'Another request took the same id; please try again.');
  return [{ type: 'CommentAdded', data: wanted }];
}

/**
 * One that was withdrawn stays, without its text (S2), and is shown: to withdraw it again changes nothing, as to archive what is archived. A downtime that was
 * withdrawn is shown nowhere, so that a second request does not find it.
 * @param userId who wants it withdrawn
 * @param told what the event of another stream has said, with which the comment's own stream begins where it has not yet
 * @throws Rejection NOT_FOUND; INSUFFICIENT_PERMISSIONS somebody else wrote it
 */
export function withdrawComment({ added, isWithdrawn }: Comment, userId: number, told?: CommentAdded['data']): CommentEvent[] {
  const said = added ?? told;
  if (!said) throw new Rejection('NOT_FOUND', 'there is no such record');
  if (said.authorId !== userId) throw new Rejection('INSUFFICIENT_PERMISSIONS', 'Only its author can withdraw a comment.');
  if (isWithdrawn) return [];
  return [...(added ? [] : [{ type: 'CommentAdded', data: said } as const]), { type: 'CommentWithdrawn', data: {} }];
}

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
        return { ...state, added: event.data, history };
      case 'CommentWithdrawn':
        return { ...state, isWithdrawn: true, withdrawnAt: stampOf(event)?.at ?? null, history };
    }
  },
};

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
 * @throws Rejection NOT_FOUND; INSUFFICIENT_PERMISSIONS somebody else wrote it
 */
export function withdrawComment({ added, isWithdrawn }: Comment, userId: number): CommentEvent[] {
  if (!added) throw new Rejection('NOT_FOUND', 'there is no such record');
  if (added.authorId !== userId) throw new Rejection('INSUFFICIENT_PERMISSIONS', 'Only its author can withdraw a comment.');
  return isWithdrawn ? [] : [{ type: 'CommentWithdrawn', data: {} }];
}

import {
  credentialOf,
  historyAfter,
  Rejection,
  stampOf,
  type Credential,
  type RecordHistory,
  type Stream,
} from '#millwright/event-sourcing/decider';
import type { CommentAdded, CommentEvent } from './comment.events.js';

/** A comment as its events make it; `added` is null before the first. */
export type Comment = Readonly<{
  added: CommentAdded['data'] | null;
  /** The key that it was added with; null where it was another credential, or none. */
  keyId: string | null;
  /** When it was taken back (RFC 3339, UTC); null: it was not. */
  withdrawnAt: string | null;
  isWithdrawn: boolean;
  history: RecordHistory | undefined;
}>;

/** Each comment has a stream of its own: what is said of a record does not move the record's tag, and many may speak at once. */
export const comment: Stream<Comment, CommentEvent> = {
  category: 'comment',
  initialState: { added: null, keyId: null, withdrawnAt: null, isWithdrawn: false, history: undefined },
  evolve(state, event) {
    const history = historyAfter(state.history, event);
    switch (event.type) {
      case 'CommentAdded':
        return {
          ...state,
          added: event.data,
          keyId: keyOf(credentialOf(event)),
          history: history && saidAt(event.data.saidAt, history),
        };
      case 'CommentWithdrawn':
        return { ...state, isWithdrawn: true, withdrawnAt: stampOf(event)?.at ?? null, history };
    }
  },
};

const saidAt = (at: string | undefined, history: RecordHistory): RecordHistory =>
  at === undefined ? history : { ...history, created: { ...history.created, at } };

/** Which key a credential is; null: it is none, but a session, a client, or the first key of an installation. */
export const keyOf = (credential: Credential | undefined): string | null => (credential?.kind === 'api_key' ? credential.id : null);

/** Who wants a comment withdrawn. `keyId`: keys of no person share one user, so that there the key says which of them it is; left out by a person. */
export type Withdrawing = Readonly<{ userId: number; keyId?: string | null }>;

/** What the event of another stream has said, as the first event of a stream of the comment's own says it, and the key that it was said with. */
export type ToldComment = Readonly<{ data: CommentAdded['data']; keyId: string | null }>;

/** Nothing happens where the same text was added already, for an effect may be carried out twice. @throws Rejection CONFLICT the id is taken */
export function addComment({ added }: Comment, wanted: CommentAdded['data']): CommentEvent[] {
  if (added?.textId === wanted.textId) return [];
  if (added) throw new Rejection('CONFLICT', 'Another request took the same id; please try again.');
  return [{ type: 'CommentAdded', data: wanted }];
}

/**
 * One that was withdrawn stays, without its text (S2), and is shown: to withdraw it again changes nothing, as to archive what is archived. A downtime that was
 * withdrawn is shown nowhere, so that a second request does not find it.
 * @param told with which the comment's own stream begins where it has not yet
 * @throws Rejection NOT_FOUND; INSUFFICIENT_PERMISSIONS somebody else wrote it
 */
export function withdrawComment({ added, keyId, isWithdrawn }: Comment, by: Withdrawing, told?: ToldComment): CommentEvent[] {
  const said = added ?? told?.data;
  if (!said) throw new Rejection('NOT_FOUND', 'there is no such record');
  const saidWith = added ? keyId : (told?.keyId ?? null);
  if (said.authorId !== by.userId || (by.keyId !== undefined && by.keyId !== saidWith))
    throw new Rejection('INSUFFICIENT_PERMISSIONS', 'Only its author can withdraw a comment.');
  if (isWithdrawn) return [];
  return [...(added ? [] : [{ type: 'CommentAdded', data: said } as const]), { type: 'CommentWithdrawn', data: {} }];
}

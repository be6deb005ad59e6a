import type { Event } from '#millwright/event-sourcing/decider';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/**
 * Somebody said something about a record (`recordKind`: its kind, singular, in snake_case). What was said stands in `app.kept_texts` under `textId`, where it
 * can vanish; `textSha256` is the digest of salt and text, in hex. `authorId` is the user whom readers see; `public` lets the portal show it. `saidAt` is when
 * it was said (RFC 3339, UTC) where the event of another stream told it first, and what comes now is its withdrawal.
 */
export type CommentAdded = Event<
  'CommentAdded',
  Readonly<{
    commentId: number;
    recordKind: string;
    recordId: number;
    authorId: number;
    public: boolean;
    textId: string;
    textSha256: string;
    saidAt?: string;
  }>
>;

/** Its author took it back: the text is gone, this stays. */
export type CommentWithdrawn = Event<'CommentWithdrawn', Readonly<Record<string, never>>>;

/** Everything that can happen to a comment. Its stream is `comment-<id>`. */
export type CommentEvent = CommentAdded | CommentWithdrawn;

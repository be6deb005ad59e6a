import { userIdOf } from '#millwright/access';
import type { Consequences, Rejection } from '#millwright/event-sourcing';
import type { CommentedRecord } from './comment-writer.js';
import { commentIds } from './comment-writer.js';
import { addComment, comment } from './domain/comment.js';

/** A text as long as a comment may be, in characters and in bytes of UTF-8: an effect never fails for size. */
const longest = { characters: 20_000, bytes: 40_000 };

export type CommentByEffect = Readonly<{
  record: CommentedRecord;
  text: string;
  public?: boolean;
  /** What tells it from other comments that one event leads to: part of its ids for ever. */
  command?: string;
}>;

/**
 * Has a reaction say something about a record, in the name of the built-in user: once, however often its cause comes again. A text that is too long is cut.
 */
export async function commentBecauseOf(
  then: Consequences<unknown>,
  { record, text, public: isPublic = false, command = 'comment' }: CommentByEffect,
): Promise<void> {
  const kept = await then.keepText(command, shortened(text), commentIds.name);
  const wanted = {
    commentId: kept.recordId,
    recordKind: record.kind,
    recordId: record.id,
    authorId: userIdOf({ kind: 'process_manager', id: '' }),
    public: isPublic,
    textId: kept.id,
    textSha256: kept.digest,
  };
  await then.execute(comment, kept.recordId, (state) => addComment(state, wanted), { command, refused: again });
}

/** All that is named after a beginning, in texts that are each as long as a comment may be at most: one, as a rule. */
export function textsNaming(beginning: string, named: readonly string[]): string[] {
  const texts: string[] = [];
  for (const one of named) {
    const last = texts.at(-1);
    const longer = `${last?.slice(0, -1)}; ${one}.`;
    if (last !== undefined && longer.length <= longest.characters && Buffer.byteLength(longer) <= longest.bytes)
      texts[texts.length - 1] = longer;
    else texts.push(`${beginning} ${one}.`);
  }
  return texts;
}

/** Its id was drawn for this text alone, so that a refusal is a fault: the event is handled again. */
function again(refusal: Rejection): never {
  throw refusal;
}

function shortened(text: string): string {
  const characters = [...text].slice(0, longest.characters);
  while (Buffer.byteLength(characters.join('')) > longest.bytes) characters.length = Math.floor(characters.length * 0.9);
  return characters.join('');
}

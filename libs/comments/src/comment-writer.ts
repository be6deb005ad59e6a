import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { v4 as randomUuid } from 'uuid';
import { builtInUserId, IdempotencyKeys, isLeft, lacking, restrictionBy, userIdOf } from '#millwright/access';
import {
  appendedNothing,
  currentContext,
  EventStore,
  KeptTexts,
  ProjectionEngine,
  Rejection,
  type IdSequence,
  type KeptText,
  type Outcome,
  type Row,
} from '#millwright/event-sourcing';
import { readRow, rowsOf, selectList } from '#millwright/lists';
import { isHere, noSuchRecord, referenceTarget, RelatedRecords, requireHere, type Written } from '#millwright/resources';
import type { CommentInput } from './comment.commands.js';
import type { CommentAdded, CommentEvent } from './domain/comment.events.js';
import { addComment, comment, keyOf, withdrawComment, type Comment, type ToldComment, type Withdrawing } from './domain/comment.js';
import { commentRow, commentView, saidIn, scopeAbout, toldRevision, type CommentedKind } from './read-models/comments.js';

/** Comments are numbered across all records. */
export const commentIds = { name: 'comment', field: 'commentId' } as const satisfies IdSequence;

/** How long an answer waits for the read models, in milliseconds. */
const longestWaitMs = 1_000;

/** The record that is spoken of. */
export type CommentedRecord = Readonly<{ kind: CommentedKind; id: number }>;

/** Adds comments to records, and has them vanish. */
@Injectable()
export class CommentWriter {
  private readonly texts: KeptTexts;

  constructor(
    private readonly events: EventStore,
    private readonly projections: ProjectionEngine,
    private readonly related: RelatedRecords,
    private readonly keys: IdempotencyKeys,
    private readonly entities: EntityManager,
  ) {
    this.texts = new KeptTexts(entities);
  }

  /** @throws Rejection NOT_FOUND, CONFLICT the record is archived, PRECONDITION_FAILED */
  async add(about: CommentedRecord, said: CommentInput): Promise<Written> {
    const record = await this.record(about);
    if (record['archived'] === true) throw new Rejection('CONFLICT', 'The record is archived; bring it back first.');
    const recordId = await this.events.nextId(commentIds.name);
    const kept = await this.texts.keep({ id: randomUuid(), recordId, content: said.text });
    try {
      const added = {
        commentId: recordId,
        recordKind: about.kind,
        recordId: about.id,
        authorId: userIdOf(currentContext().actor),
        public: said.public ?? false,
        textId: kept.id,
        textSha256: kept.digest,
      };
      const matched = Number(record['revision']);
      const outcome = await this.events.execute(comment, recordId, (state) => addComment(state, added), { matched, drawn: true });
      await this.keepOnly(kept, outcome.state);
      return await this.written(outcome);
    } catch (failure) {
      // An outcome that is unknown may yet turn out to be an event that names it.
      await (appendedNothing(failure) ? this.texts.takeBack(kept.id) : this.texts.stay(kept));
      throw failure;
    }
  }

  /**
   * Takes a comment back, of one record or whichever it is about.
   * @throws Rejection NOT_FOUND, INSUFFICIENT_PERMISSIONS somebody else wrote it, PRECONDITION_FAILED
   */
  async withdraw(commentId: number, about?: CommentedRecord): Promise<Written> {
    const told = await this.told(commentId);
    const said = told?.data ?? this.events.recent(comment, commentId)?.added;
    // Once it is withdrawn `commentErasure` may be first to have the text vanish: then nothing says any more which kept answers have it.
    const text = said ? await this.texts.read(said.textId) : null;
    if (restrictionBy({ assigned: [], own: [] })) await this.requireSeen(commentId, told);
    const decide = (state: Comment): CommentEvent[] => {
      if (!told) requireHere(state.history);
      const added = state.added ?? told?.data;
      const isLacking = lacking();
      if (about && !(added && isAbout(added, about))) throw noSuchRecord();
      if (added && isLacking?.(scopeAbout(added.recordKind, 'write'))) throw noSuchRecord();
      return withdrawComment(state, whoWithdraws(), told);
    };
    const outcome = await this.events.execute(comment, commentId, decide, told && { matched: toldRevision });
    const { added, history } = outcome.state;
    // A process that ends here leaves the text to `commentErasure`.
    if (history && text !== null) await this.keys.forgetText({ id: commentId, text, made: history.created.at });
    if (added) await this.texts.erase(added.textId);
    return this.written(outcome);
  }

  /**
   * What the event of another stream has said, if it belongs here, as the first event of the comment's own stream says it; undefined where that has begun.
   * Who knows the number of such a comment has it from the read models.
   */
  private async told(commentId: number): Promise<ToldComment | undefined> {
    if (this.events.recent(comment, commentId)?.added || (await this.events.load(comment, commentId)).state.added) return undefined;
    const [raw] = await this.entities.query<Record<string, unknown>[]>(
      `SELECT ${selectList(commentView)} FROM ${rowsOf(commentView)} WHERE id = $1`,
      [commentId],
    );
    const row = raw && readRow(commentView, raw);
    return row && isHere(row, currentContext()) ? saidIn(row, await this.texts.digestOf(String(row['text_id']))) : undefined;
  }

  /** What is said about a record that somebody does not see is not there for him either. @throws Rejection NOT_FOUND */
  private async requireSeen(commentId: number, told: ToldComment | undefined): Promise<void> {
    const added = told?.data ?? (await this.events.load(comment, commentId)).state.added;
    if (added) await this.record({ kind: added.recordKind as CommentedRecord['kind'], id: added.recordId });
  }

  /** @throws Rejection NOT_FOUND */
  private async record({ kind, id }: CommentedRecord): Promise<Row> {
    const target = referenceTarget(kind);
    const row = await target.find(id, this.related.services);
    if (!row || !isHere(row, currentContext()) || !isLeft(row, restrictionBy(target.rows))) throw noSuchRecord();
    return row;
  }

  /** An earlier try of the same request may have kept it under another id, which its event names. */
  private async keepOnly(kept: KeptText, { added }: Comment): Promise<void> {
    await (added?.textId === kept.id ? this.texts.stay(kept) : this.texts.takeBack(kept.id));
  }

  private async written({ state, revision, position, events }: Outcome<Comment>): Promise<Written> {
    const { added } = state;
    if (!added) throw new Error('a comment was answered without its event');
    // What shows the record next is answered from its own stream, and takes the number of its comments from the read models.
    if (events.length > 0) await this.projections.reaches(position, longestWaitMs);
    return { id: added.commentId, row: commentRow(state, await this.texts.read(added.textId), revision), revision, position };
  }
}

/** The built-in user stands for every key of no person. */
function whoWithdraws(): Withdrawing {
  const { actor, credential } = currentContext();
  const userId = userIdOf(actor);
  return { userId, ...(userId === builtInUserId && { keyId: keyOf(credential) }) };
}

const isAbout = ({ recordKind, recordId }: CommentAdded['data'], { kind, id }: CommentedRecord): boolean =>
  recordKind === kind && recordId === id;

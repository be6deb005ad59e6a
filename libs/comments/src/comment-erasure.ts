import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { ForgottenInAnswers, textTold } from '#millwright/access';
import { idOf, KeptTexts, type EventStore, type ProcessManager } from '#millwright/event-sourcing';
import { comment } from './domain/comment.js';
import type { CommentEvent } from './domain/comment.events.js';

/**
 * Has the text of each withdrawn comment vanish, also where the process that withdrew it ended before it came to that: from kept answers first, which are
 * found by the text alone.
 */
export function commentErasure(events: EventStore, entities: EntityManager, pool: Pool): ProcessManager<CommentEvent> {
  const texts = new KeptTexts(entities);
  const answers = new ForgottenInAnswers(pool);
  return {
    name: 'comment-erasure',
    categories: [comment.category],
    startsAt: 'head',
    async handle({ type, stream, revision }) {
      if (type !== 'CommentWithdrawn') return;
      const { added, history } = await events.loadAt(comment, idOf(stream), revision);
      if (!added) return;
      const text = await texts.read(added.textId);
      if (text !== null && history) await answers.forget(textTold({ id: added.commentId, text, made: history.created.at }));
      await texts.erase(added.textId);
    },
  };
}

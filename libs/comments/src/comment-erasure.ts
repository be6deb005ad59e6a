import type { EntityManager } from 'typeorm';
import { idOf, KeptTexts, type EventStore, type ProcessManager } from '#millwright/event-sourcing';
import { comment } from './domain/comment.js';
import type { CommentEvent } from './domain/comment.events.js';

/** Has the text of each withdrawn comment vanish, also where the process that withdrew it ended before it came to that. */
export function commentErasure(events: EventStore, entities: EntityManager): ProcessManager<CommentEvent> {
  const texts = new KeptTexts(entities);
  return {
    name: 'comment-erasure',
    categories: [comment.category],
    startsAt: 'head',
    async handle({ type, stream, revision }) {
      if (type !== 'CommentWithdrawn') return;
      const { added } = await events.loadAt(comment, idOf(stream), revision);
      if (added) await texts.erase(added.textId);
    },
  };
}

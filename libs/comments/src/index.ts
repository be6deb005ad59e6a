export type { Comment } from './domain/comment.js';
export * from './domain/comment.events.js';
/** @public */
export { commentBecauseOf, textsNaming, type CommentByEffect } from './comment-effect.js';
export { commentErasure } from './comment-erasure.js';
export { commentsCountOf } from './comment-counts.js';
export { commentIds } from './comment-writer.js';
export { commentsController } from './comments-controller.js';
export { commentsOfRecordResolver } from './comments-resolver.js';
export { publicCommentsOf } from './public-comments.js';
export { commentsProjection, commentTable, type ToldComments } from './read-models/comments.js';
export { commentErrors } from './errors.js';
export { CommentsModule } from './comments.module.js';

import { Global, Module } from '@nestjs/common';
import { commentShown } from './comment.shown.js';
import { CommentReader } from './comment-reader.js';
import { CommentTraces } from './comment-traces.js';
import { CommentWriter } from './comment-writer.js';
import { CommentsResolver } from './comments-resolver.js';
import { UnnamedTexts } from './unnamed-texts.js';

/** What people say about records. A room whose records can be spoken of has their controller and resolver in its own module. */
@Global()
@Module({
  providers: [CommentReader, CommentWriter, CommentsResolver, CommentTraces, UnnamedTexts, commentShown.resolver],
  exports: [CommentReader, CommentWriter],
})
export class CommentsModule {}

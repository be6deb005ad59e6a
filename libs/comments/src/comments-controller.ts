import { Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { aSpoken, spoken, type Class } from '#millwright/fields';
import type { RawQuery } from '#millwright/lists';
import {
  ApiAnswer,
  ApiHeading,
  ApiListQuery,
  OverRest,
  PathId,
  reads,
  ResourceBody,
  writes,
  type Answer,
  type ResourceDefinition,
} from '#millwright/resources';
import { CommentInput } from './comment.commands.js';
import { commentShown } from './comment.shown.js';
import { CommentReader } from './comment-reader.js';
import { CommentWriter } from './comment-writer.js';
import { commentList, type CommentedKind } from './read-models/comments.js';

/**
 * The REST edge of what is said about a kind of record.
 * @param whose what its operations are called by; left out, they have the names of GraphQL's, which one kind alone can
 */
export function commentsController(resource: ResourceDefinition, whose = ''): Class {
  const { name, plural, typeName, heading } = resource;
  const kind = name as CommentedKind;

  @ApiHeading(spoken(plural), heading)
  @Controller(`api/v1/${plural}/:id/comments`)
  class CommentsController {
    constructor(
      readonly reader: CommentReader,
      readonly writer: CommentWriter,
    ) {}

    @Post()
    @OverRest(
      writes({
        name: `add${whose}Comment`,
        scopes: [`${plural}:write`],
        summary: `Say something about ${aSpoken(name)}`,
        description:
          'Its tag, which If-Match is about, stays as it is. What is said stands outside the history, where its author can have it vanish.',
      }),
    )
    @ApiAnswer(commentShown.type, { status: 201 })
    async add(@PathId() id: number, @ResourceBody(CommentInput, 'comment') said: CommentInput): Promise<Answer> {
      return this.reader.answer(await this.writer.add({ kind, id }, said));
    }

    @Get()
    @OverRest(
      reads({
        name: `list${whose}Comments`,
        scopes: [`${plural}:read`],
        summary: `List what was said about ${aSpoken(name)}`,
        description: 'A page of those that the filters find, the first one first. Of those that were withdrawn the text is null.',
      }),
    )
    @ApiListQuery(commentList)
    @ApiAnswer(commentShown.type, { list: true })
    list(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
      return this.reader.list(resource, id, query);
    }

    @Get(':comment_id')
    @OverRest(
      reads({ name: `get${whose}Comment`, scopes: [`${plural}:read`], summary: 'Show a comment', description: 'With a tag of its own.' }),
    )
    @ApiAnswer(commentShown.type)
    one(@PathId() id: number, @PathId('comment_id') commentId: number): Promise<Answer> {
      return this.reader.one(resource, id, commentId);
    }

    @Delete(':comment_id')
    @HttpCode(204)
    @OverRest(
      writes({
        name: `withdraw${whose}Comment`,
        scopes: [`${plural}:write`],
        summary: 'Take a comment back',
        description:
          'Its author alone can. The text is gone everywhere; that there was a comment stays. One that was taken back already stays so.',
      }),
    )
    async withdraw(@PathId() id: number, @PathId('comment_id') commentId: number): Promise<Answer> {
      return this.reader.answer(await this.writer.withdraw(commentId, { kind, id }));
    }
  }
  Object.defineProperty(CommentsController, 'name', { value: `${typeName}CommentsController` });
  return CommentsController as unknown as Class;
}

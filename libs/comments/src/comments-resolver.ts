import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { currentScope, requireScopes, type Scope } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { invalid, spoken, type Class } from '#millwright/fields';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, type ListArguments } from '#millwright/lists';
import {
  idOfPath,
  Input,
  mentionOf,
  Mutations,
  Options,
  OverGraphql,
  reads,
  writes,
  type Mention,
  type Mutated,
  type MutationOptions,
  type ResourceDefinition,
  type Written,
} from '#millwright/resources';
import { AddComment, WithdrawComment } from './comment.commands.js';
import { commentShown } from './comment.shown.js';
import { CommentReader } from './comment-reader.js';
import { CommentWriter, type CommentedRecord } from './comment-writer.js';
import { commentList, scopeAbout } from './read-models/comments.js';

const CommentConnection = connectionOf('Comment', () => commentShown.type);
const CommentListArguments = listArgumentsOf('Comment', commentList);

const about = (verb: 'read' | 'write'): readonly Scope[] => [scopeAbout('work_order', verb), scopeAbout('work_order_request', verb)];
const add = writes({
  name: 'addComment',
  scopes: [],
  anyOf: about('write'),
  summary: 'Say something about a record',
  description: 'Its tag stays as it is.',
});
const withdraw = writes({
  name: 'withdrawComment',
  scopes: [],
  anyOf: about('write'),
  summary: 'Take a comment back',
  description: 'The text is gone everywhere. One that was taken back already stays so.',
});
const one = reads({
  name: 'getComment',
  scopes: [],
  anyOf: about('read'),
  summary: 'Show a comment',
  description: 'Whatever it is about.',
});

/** Comments over GraphQL, whatever they are about. */
@Resolver(() => commentShown.type)
export class CommentsResolver {
  constructor(
    private readonly reader: CommentReader,
    private readonly writer: CommentWriter,
    private readonly mutations: Mutations,
  ) {}

  @Query(() => commentShown.type, { name: 'comment', nullable: true, description: 'What somebody said. Refused with NOT_FOUND.' })
  @OverGraphql(one)
  comment(@Args('id', { type: () => ID, description: 'The number of the comment.' }) id: string): Promise<Row> {
    return this.reader.row(idOfPath(id));
  }

  @Mutation(() => commentShown.type, {
    name: 'addComment',
    nullable: true,
    description: `${add.summary}. ${add.description} Refused with NOT_FOUND, CONFLICT (the record is archived), VALIDATION_FAILED, PRECONDITION_FAILED.`,
  })
  @OverGraphql(add)
  addComment(@Input(AddComment) input: AddComment, @Options() options: MutationOptions): Promise<Row> {
    requireScopes(currentScope(), scopesFor(input));
    return this.mutations.run(add, input, options, async () => mutated(await this.writer.add(recordIn(input), input)), {
      about: commentedRecord,
    });
  }

  @Mutation(() => commentShown.type, {
    name: 'withdrawComment',
    nullable: true,
    description: `${withdraw.summary}. ${withdraw.description} Refused with NOT_FOUND, INSUFFICIENT_PERMISSIONS (somebody else wrote it), VALIDATION_FAILED, PRECONDITION_FAILED.`,
  })
  @OverGraphql(withdraw)
  withdrawComment(@Input(WithdrawComment) input: WithdrawComment, @Options() options: MutationOptions): Promise<Row> {
    return this.mutations.run(withdraw, input, options, async () => mutated(await this.writer.withdraw(input.comment_id)), {
      about: commentedRecord,
    });
  }
}

const mutated = ({ row, position }: Written): Mutated => ({ row, position });

/** What a comment is about. */
const commentedRecord = (row: Row | null): Mention | undefined =>
  mentionOf('work_order', row?.['work_order_id']) ?? mentionOf('work_order_request', row?.['work_order_request_id']);

/** What it takes to say something about what is named; a repeat is asked for it as well. */
const scopesFor = ({ work_order_id: order, work_order_request_id: request }: AddComment): readonly Scope[] =>
  about('write').filter((_, index) => [order, request][index] != null);

/** The one record that is named. @throws Rejection VALIDATION_FAILED none is, or more than one */
function recordIn({ work_order_id, work_order_request_id }: AddComment): CommentedRecord {
  if (work_order_id != null && work_order_request_id == null) return { kind: 'work_order', id: work_order_id };
  if (work_order_id == null && work_order_request_id != null) return { kind: 'work_order_request', id: work_order_request_id };
  const message = 'exactly one record must be named';
  if (work_order_id == null) throw invalid([{ field: 'work_order_id', code: 'required', message }]);
  throw invalid([{ field: 'work_order_request_id', code: 'one_record_only', message }]);
}

/** What a kind of record shows over GraphQL of what was said about it. */
export function commentsOfRecordResolver(resource: ResourceDefinition): Class {
  @Resolver(() => resource.output)
  class CommentsOfRecordResolver {
    constructor(readonly reader: CommentReader) {}

    @ResolveField('comments', () => CommentConnection, {
      complexity: listComplexity,
      description: `What was said about the ${spoken(resource.name)}, the first one first.`,
    })
    async comments(@Parent() row: Row, @Args({ type: () => CommentListArguments }) list: ListArguments): Promise<object> {
      return connectionFrom(await this.reader.page(resource, Number(row['id']), list));
    }
  }
  Object.defineProperty(CommentsOfRecordResolver, 'name', { value: `CommentsOf${resource.typeName}Resolver` });
  return CommentsOfRecordResolver as unknown as Class;
}

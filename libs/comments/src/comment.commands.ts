import { InputType } from '@nestjs/graphql';
import { Flag, IdOf, Reference, Text } from '#millwright/fields';

@InputType({ isAbstract: true })
export class CommentInput {
  @Text({
    required: true,
    max: 20_000,
    description: 'What is to be said, up to 20,000 characters.',
    example: 'The seal is worn; a new one is ordered.',
  })
  text!: string;
  @Flag({ description: 'Whether the portal shows it to whoever made the request; left out, it does not.', example: false }) public?:
    boolean | null;
}

@InputType('AddCommentInput', { description: 'Says something about a record: exactly one is named.' })
export class AddComment extends CommentInput {
  @Reference('work_order', { description: 'The work order that it is about.' }) work_order_id?: number | null;
  @Reference('work_order_request', { description: 'The request that it is about.' }) work_order_request_id?: number | null;
}

@InputType('WithdrawCommentInput', { description: 'Takes a comment back: its text is gone everywhere.' })
export class WithdrawComment {
  @IdOf('comment', { required: true }) comment_id!: number;
}

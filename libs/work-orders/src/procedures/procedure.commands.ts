import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { IdOf, NestedList, Reference } from '#millwright/fields';
import type { Decided } from '#millwright/resources';
import type { WorkOrder } from '../domain/work-order.state.js';
import { AnswerValueField } from './answer-value.js';

/** What answering a procedure answers with: its order, and the procedure as `read.procedures` will have it. */
export type AnsweredProcedure = Decided<WorkOrder> & Readonly<{ procedure: Row }>;

@InputType({ description: 'The answer of an item of a procedure.' })
export class ProcedureAnswerInput {
  @IdOf('item', { required: true, description: 'The number of the item, as its procedure shows it.', example: 1 }) item_id!: number;
  @AnswerValueField({
    description:
      'What is answered, in the form of the item; null takes an answer back. Must be given. A signature that is sent back as it is shown, with its moment, stays as it is.',
    example: true,
  })
  value?: unknown;
}

@InputType('AnswerProcedureInput', { description: 'Answers items of a procedure of a work order.' })
export class AnswerProcedure extends Command<AnsweredProcedure> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @IdOf('procedure', { required: true }) procedure_id!: number;
  @NestedList(() => ProcedureAnswerInput, {
    required: true,
    max: 100,
    description: 'The answers; items that are not named stay as they are.',
  })
  answers!: ProcedureAnswerInput[];
}

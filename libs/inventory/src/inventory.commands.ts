import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import { Money, Quantity, Reference, Text, type Written } from '#millwright/resources';
import type { Part } from './domain/part.state.js';
import type { PartFields, PartInput } from './part.inputs.js';

/** What every command on a part answers with: the part right after it. */
export type PartOutcome = Written<Part>;

export class CreatePart extends Command<PartOutcome> {
  constructor(readonly input: PartInput) {
    super();
  }
}

export class UpdatePart extends Command<PartOutcome> {
  constructor(
    readonly partId: number,
    readonly changes: Partial<PartFields>,
  ) {
    super();
  }
}

export class ArchivePart extends Command<PartOutcome> {
  constructor(readonly partId: number) {
    super();
  }
}

export class UnarchivePart extends Command<PartOutcome> {
  constructor(readonly partId: number) {
    super();
  }
}

@InputType('RestockPartInput', { description: 'Receives stock. The average is calculated anew, the list price becomes the cost.' })
export class RestockPart extends Command<PartOutcome> {
  @Reference('part', { required: true }) part_id!: number;
  @Quantity({ description: 'How many came.', required: true, moreThan: '0', example: 4 }) quantity!: string;
  @Money({ required: true, description: 'What one of them cost.', example: 26.15 }) cost!: string;
  @Text({
    description: 'What is to stand beside the movement, like the number of the order.',
    max: 2000,
    example: 'Purchase order PO-12345 received',
  })
  note?: string | null;
}

@InputType('ReconcilePartInput', { description: 'Corrects the stock to what was counted, by a signed difference.' })
export class ReconcilePart extends Command<PartOutcome> {
  @Reference('part', { required: true }) part_id!: number;
  @Quantity({
    description: 'How many more were counted than are on hand; negative for fewer.',
    required: true,
    notZero: true,
    example: -2,
  })
  quantity!: string;
  @Text({ description: 'Why it differs.', required: true, max: 2000, example: '2 units damaged during shipping' }) note!: string;
}

@InputType('SetPartUnitCostInput', { description: 'Sets the list price; the stock value stays what it was.' })
export class SetPartUnitCost extends Command<PartOutcome> {
  @Reference('part', { required: true }) part_id!: number;
  @Money({ description: 'The list price of one from now on.', required: true, example: 225.5 }) cost!: string;
  @Text({ description: 'Why it changes.', max: 2000, example: 'Cost updated per invoice INV-9847' }) note?: string | null;
}

@InputType('SetPartAverageUnitCostInput', { description: 'Revalues the stock: its value becomes on hand × cost.' })
export class SetPartAverageUnitCost extends Command<PartOutcome> {
  @Reference('part', { required: true }) part_id!: number;
  @Money({ description: 'What one on the shelf is worth from now on.', required: true, example: 225.5 })
  cost!: string;
  @Text({ description: 'Why it changes.', max: 2000, example: 'Cost updated per invoice INV-9847' }) note?: string | null;
}

@InputType('ReversePartTransactionInput', { description: 'Takes a receipt back (a restock, or the opening stock).' })
export class ReversePartTransaction extends Command<PartOutcome> {
  @Reference('part', { required: true }) part_id!: number;
  @Reference('part_transaction', { description: 'The receipt: a transaction of type restock or initial.', required: true })
  transaction_id!: number;
  @Text({ description: 'Why it is taken back.', required: true, max: 2000, example: 'Delivered to the wrong site' }) reason!: string;
}

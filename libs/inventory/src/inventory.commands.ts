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

/** Receives stock. The average is calculated anew, the list price becomes the cost. */
@InputType('RestockPartInput')
export class RestockPart extends Command<PartOutcome> {
  @Reference('part', { required: true }) part_id!: number;
  @Quantity({ required: true, moreThan: '0', example: 4 }) quantity!: string;
  @Money({ required: true, description: 'What one of them cost.', example: 26.15 }) cost!: string;
  @Text({ max: 2000, example: 'Purchase order PO-12345 received' }) note?: string | null;
}

/** Corrects the stock to what was counted, by a signed difference. */
@InputType('ReconcilePartInput')
export class ReconcilePart extends Command<PartOutcome> {
  @Reference('part', { required: true }) part_id!: number;
  @Quantity({ required: true, notZero: true, example: -2 }) quantity!: string;
  @Text({ required: true, max: 2000, example: '2 units damaged during shipping' }) note!: string;
}

/** Sets the list price; the stock value stays what it was. */
@InputType('SetPartUnitCostInput')
export class SetPartUnitCost extends Command<PartOutcome> {
  @Reference('part', { required: true }) part_id!: number;
  @Money({ required: true, example: 225.5 }) cost!: string;
  @Text({ max: 2000, example: 'Cost updated per invoice INV-9847' }) note?: string | null;
}

/** Revalues the stock: its value becomes on hand × cost. */
@InputType('SetPartAverageUnitCostInput')
export class SetPartAverageUnitCost extends Command<PartOutcome> {
  @Reference('part', { required: true }) part_id!: number;
  @Money({ required: true, example: 225.5 }) cost!: string;
  @Text({ max: 2000, example: 'Cost updated per invoice INV-9847' }) note?: string | null;
}

/** Takes a receipt back (a restock, or the opening stock). */
@InputType('ReversePartTransactionInput')
export class ReversePartTransaction extends Command<PartOutcome> {
  @Reference('part', { required: true }) part_id!: number;
  @Reference('part_transaction', { required: true }) transaction_id!: number;
  @Text({ required: true, max: 2000, example: 'Delivered to the wrong site' }) reason!: string;
}

import { CommandBus, type Command } from '@nestjs/cqrs';
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DecimalScalar, printed } from '#millwright/quantities';
import {
  connectionFrom,
  idOfPath,
  Input,
  listComplexity,
  listQueryOf,
  MutationOptions,
  Mutations,
  Options,
  RelatedRecords,
  Relations,
  ResourceReader,
  type ListArguments,
  type Mutated,
} from '#millwright/resources';
import type { Row } from '#millwright/event-sourcing';
import * as commands from './inventory.commands.js';
import { stockValueOf } from './part-presenter.js';
import { PartTransactionReader } from './part-transaction-reader.js';
import { parts } from './part.definition.js';
import { PartInput, PartUpdate, type PartFields } from './part.inputs.js';
import {
  PartConnection,
  PartIdInput,
  PartListArguments,
  PartTransactionConnection,
  PartTransactionListArguments,
  PartTransactionType,
  PartType,
} from './part.types.js';
import { partList } from './read-models/lists.js';
import { partRow, type PartRow } from './read-models/part-row.js';

@Resolver(() => PartType)
@Relations('Part', {
  part_type_id: 'part_type',
  storeroom_id: 'storeroom',
  measurement_unit_id: 'measurement_unit',
  assets_ids: 'asset',
  created_by_id: 'user',
  updated_by_id: 'user',
})
export class PartsResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly mutations: Mutations,
    private readonly resources: ResourceReader,
    private readonly partTransactions: PartTransactionReader,
    readonly related: RelatedRecords,
  ) {}

  @Query(() => PartType, {
    name: 'part',
    nullable: true,
    description: 'A part by its number, with its stock and value of one moment, also an archived one. Refused with NOT_FOUND.',
  })
  part(@Args('id', { type: () => ID, description: 'The number of the part.' }) id: string): Promise<Row> {
    return this.resources.row(parts, idOfPath(id));
  }

  @Query(() => PartConnection, { name: 'parts', complexity: listComplexity, description: 'A page of the parts of the site.' })
  async list(@Args({ type: () => PartListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.resources.page(parts, listQueryOf(partList, list)));
  }

  @Mutation(() => PartType, {
    nullable: true,
    description:
      'Creates a part, with what is on the shelf already. Refused with VALIDATION_FAILED (also stock without a unit cost), NON_STOCK_PART, VALUE_OUT_OF_RANGE, DUPLICATE_REFERENCE.',
  })
  createPart(@Input(PartInput) input: PartInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('createPart', input, options, new commands.CreatePart(input));
  }

  @Mutation(() => PartType, {
    nullable: true,
    description:
      'Changes the fields of a part that are sent; its stock and costs move through mutations of their own. Refused with NOT_FOUND, CONFLICT (archived), PART_IN_USE (stock or non-stock changes only while it has no stock, reservation or open charge), VALIDATION_FAILED, DUPLICATE_REFERENCE, PRECONDITION_FAILED.',
  })
  updatePart(@Input(PartUpdate) input: Partial<PartFields> & { id: number }, @Options() options: MutationOptions): Promise<Row> {
    const { id, ...changes } = input;
    return this.run('updatePart', input, options, new commands.UpdatePart(id, changes));
  }

  @Mutation(() => PartType, {
    nullable: true,
    description:
      'Archives a part: its history stays. One that is archived already stays so. Refused with NOT_FOUND, PART_IN_USE (it has stock, a reservation, or a completion is running), PRECONDITION_FAILED.',
  })
  archivePart(@Input(PartIdInput) input: PartIdInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('archivePart', input, options, new commands.ArchivePart(input.id));
  }

  @Mutation(() => PartType, {
    nullable: true,
    description:
      'Brings an archived part back as it was. One that is not archived stays as it is. Refused with NOT_FOUND, PRECONDITION_FAILED.',
  })
  unarchivePart(@Input(PartIdInput) input: PartIdInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('unarchivePart', input, options, new commands.UnarchivePart(input.id));
  }

  @Mutation(() => PartType, {
    nullable: true,
    description:
      'Receives stock: the average is calculated anew, the list price becomes the cost. Refused with NOT_FOUND, CONFLICT (archived), NON_STOCK_PART, VALIDATION_FAILED, VALUE_OUT_OF_RANGE, PRECONDITION_FAILED.',
  })
  restockPart(@Input(commands.RestockPart) input: commands.RestockPart, @Options() options: MutationOptions): Promise<Row> {
    return this.run('restockPart', input, options, input);
  }

  @Mutation(() => PartType, {
    nullable: true,
    description:
      'Corrects the stock to what was counted; the difference moves at the current average. Refused with NOT_FOUND, CONFLICT (archived), NON_STOCK_PART, INSUFFICIENT_STOCK (fewer than none would be left), VALIDATION_FAILED, VALUE_OUT_OF_RANGE, PRECONDITION_FAILED.',
  })
  reconcilePart(@Input(commands.ReconcilePart) input: commands.ReconcilePart, @Options() options: MutationOptions): Promise<Row> {
    return this.run('reconcilePart', input, options, input);
  }

  @Mutation(() => PartType, {
    nullable: true,
    description:
      'Sets the list price; the stock value stays what it was. Refused with NOT_FOUND, CONFLICT (archived), VALIDATION_FAILED, PRECONDITION_FAILED.',
  })
  setPartUnitCost(@Input(commands.SetPartUnitCost) input: commands.SetPartUnitCost, @Options() options: MutationOptions): Promise<Row> {
    return this.run('setPartUnitCost', input, options, input);
  }

  @Mutation(() => PartType, {
    nullable: true,
    description:
      'Revalues the stock: its value becomes on hand × cost. Refused with NOT_FOUND, CONFLICT (archived), NON_STOCK_PART, VALIDATION_FAILED, VALUE_OUT_OF_RANGE, PRECONDITION_FAILED.',
  })
  setPartAverageUnitCost(
    @Input(commands.SetPartAverageUnitCost) input: commands.SetPartAverageUnitCost,
    @Options() options: MutationOptions,
  ): Promise<Row> {
    return this.run('setPartAverageUnitCost', input, options, input);
  }

  @Mutation(() => PartType, {
    nullable: true,
    description:
      'Takes a receipt back: its parts leave at the current average, the difference is price variance. Refused with NOT_FOUND, CONFLICT (archived, no receipt, or reversed already), INSUFFICIENT_STOCK (its parts are no longer there), VALIDATION_FAILED, PRECONDITION_FAILED.',
  })
  reversePartTransaction(
    @Input(commands.ReversePartTransaction) input: commands.ReversePartTransaction,
    @Options() options: MutationOptions,
  ): Promise<Row> {
    return this.run('reversePartTransaction', input, options, input);
  }

  @ResolveField('averageUnitCost', () => DecimalScalar, { nullable: true, description: 'The same as avgUnitCost.' })
  averageUnitCost(@Parent() row: PartRow): unknown {
    return printed(row.avg_unit_cost);
  }

  @ResolveField('stockValue', () => DecimalScalar, { nullable: true, description: "Rounded to the currency's minor unit." })
  stockValue(@Parent() row: PartRow): unknown {
    return printed(stockValueOf(row));
  }

  @ResolveField('transactions', () => PartTransactionConnection, {
    complexity: listComplexity,
    description: 'With `sort: "position asc"` their explanations tell why the average is what it is.',
  })
  async transactions(@Parent() row: PartRow, @Args({ type: () => PartTransactionListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.partTransactions.page(row.id, list));
  }

  private run(name: string, input: object, options: MutationOptions, command: Command<commands.PartOutcome>): Promise<Row> {
    const work = async (): Promise<Mutated> => {
      const { state, revision, position } = await this.commands.execute(command);
      return { row: partRow(state, revision), position };
    };
    return this.mutations.run(name, input, options, work, 'part');
  }
}

@Resolver(() => PartTransactionType)
@Relations('PartTransaction', { part_id: 'part', work_order_id: 'work_order', created_by_id: 'user' })
export class PartTransactionsResolver {
  constructor(
    private readonly partTransactions: PartTransactionReader,
    readonly related: RelatedRecords,
  ) {}

  @Query(() => PartTransactionType, {
    name: 'partTransaction',
    nullable: true,
    description: "One of a part's transactions, with what it left behind. Refused with NOT_FOUND.",
  })
  partTransaction(
    @Args('partId', { type: () => ID, description: 'The number of the part.' }) partId: string,
    @Args('id', { type: () => ID, description: 'The number of the transaction.' }) id: string,
  ): Promise<Row> {
    return this.partTransactions.row(idOfPath(partId), idOfPath(id));
  }

  @ResolveField('stockValue', () => DecimalScalar, { nullable: true, description: 'After the movement, as finance sees it.' })
  stockValue(@Parent() row: Row): unknown {
    return printed(row['stock_value_posted'] as string | null);
  }
}

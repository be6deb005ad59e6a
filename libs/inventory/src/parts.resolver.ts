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
@Relations({
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

  @Query(() => PartType, { name: 'part', nullable: true })
  part(@Args('id', { type: () => ID }) id: string): Promise<Row> {
    return this.resources.row(parts, idOfPath(id));
  }

  @Query(() => PartConnection, { name: 'parts', complexity: listComplexity })
  async list(@Args({ type: () => PartListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.resources.page(parts, listQueryOf(partList, list)));
  }

  @Mutation(() => PartType, { nullable: true })
  createPart(@Input(PartInput) input: PartInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('createPart', input, options, new commands.CreatePart(input));
  }

  @Mutation(() => PartType, { nullable: true })
  updatePart(@Input(PartUpdate) input: Partial<PartFields> & { id: number }, @Options() options: MutationOptions): Promise<Row> {
    const { id, ...changes } = input;
    return this.run('updatePart', input, options, new commands.UpdatePart(id, changes));
  }

  @Mutation(() => PartType, { nullable: true })
  archivePart(@Input(PartIdInput) input: PartIdInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('archivePart', input, options, new commands.ArchivePart(input.id));
  }

  @Mutation(() => PartType, { nullable: true })
  unarchivePart(@Input(PartIdInput) input: PartIdInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('unarchivePart', input, options, new commands.UnarchivePart(input.id));
  }

  @Mutation(() => PartType, { nullable: true })
  restockPart(@Input(commands.RestockPart) input: commands.RestockPart, @Options() options: MutationOptions): Promise<Row> {
    return this.run('restockPart', input, options, input);
  }

  @Mutation(() => PartType, { nullable: true })
  reconcilePart(@Input(commands.ReconcilePart) input: commands.ReconcilePart, @Options() options: MutationOptions): Promise<Row> {
    return this.run('reconcilePart', input, options, input);
  }

  @Mutation(() => PartType, { nullable: true })
  setPartUnitCost(@Input(commands.SetPartUnitCost) input: commands.SetPartUnitCost, @Options() options: MutationOptions): Promise<Row> {
    return this.run('setPartUnitCost', input, options, input);
  }

  @Mutation(() => PartType, { nullable: true })
  setPartAverageUnitCost(
    @Input(commands.SetPartAverageUnitCost) input: commands.SetPartAverageUnitCost,
    @Options() options: MutationOptions,
  ): Promise<Row> {
    return this.run('setPartAverageUnitCost', input, options, input);
  }

  @Mutation(() => PartType, { nullable: true })
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
@Relations({ part_id: 'part', work_order_id: 'work_order', created_by_id: 'user' })
export class PartTransactionsResolver {
  constructor(
    private readonly partTransactions: PartTransactionReader,
    readonly related: RelatedRecords,
  ) {}

  @Query(() => PartTransactionType, { name: 'partTransaction', nullable: true })
  partTransaction(@Args('partId', { type: () => ID }) partId: string, @Args('id', { type: () => ID }) id: string): Promise<Row> {
    return this.partTransactions.row(idOfPath(partId), idOfPath(id));
  }

  @ResolveField('stockValue', () => DecimalScalar, { nullable: true, description: 'After the movement, as finance sees it.' })
  stockValue(@Parent() row: Row): unknown {
    return printed(row['stock_value_posted'] as string | null);
  }
}

import { CommandBus } from '@nestjs/cqrs';
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DecimalScalar, printed } from '#millwright/quantities';
import {
  connectionFrom,
  idOfPath,
  Input,
  listComplexity,
  MutationOptions,
  Mutations,
  outputTypeOf,
  RelatedRecords,
  type ListArguments,
} from '#millwright/resources';
import type { Row } from '#millwright/event-sourcing';
import * as commands from './inventory.commands.js';
import { stockValueOf } from './part-presenter.js';
import { PartReader } from './part-reader.js';
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
import { partRow, type PartRow } from './read-models/part-row.js';

type PartCommand =
  | commands.CreatePart
  | commands.UpdatePart
  | commands.ArchivePart
  | commands.UnarchivePart
  | commands.RestockPart
  | commands.ReconcilePart
  | commands.SetPartUnitCost
  | commands.SetPartAverageUnitCost
  | commands.ReversePartTransaction;

@Resolver(() => PartType)
export class PartsResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly mutations: Mutations,
    private readonly parts: PartReader,
    private readonly related: RelatedRecords,
  ) {}

  @Query(() => PartType, { name: 'part', nullable: true })
  part(@Args('id', { type: () => ID }) id: string): Promise<PartRow> {
    return this.parts.row(idOfPath(id));
  }

  @Query(() => PartConnection, { name: 'parts', complexity: listComplexity })
  async list(@Args({ type: () => PartListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.parts.page(list));
  }

  @Mutation(() => PartType, { nullable: true })
  createPart(@Input(PartInput) input: PartInput, @Args({ type: () => MutationOptions }) options: MutationOptions): Promise<Row> {
    return this.run('createPart', input, options, new commands.CreatePart(input));
  }

  @Mutation(() => PartType, { nullable: true })
  updatePart(
    @Input(PartUpdate) input: Partial<PartFields> & { id: number },
    @Args({ type: () => MutationOptions }) options: MutationOptions,
  ): Promise<Row> {
    const { id, ...changes } = input;
    return this.run('updatePart', input, options, new commands.UpdatePart(id, changes));
  }

  @Mutation(() => PartType, { nullable: true })
  archivePart(@Input(PartIdInput) input: PartIdInput, @Args({ type: () => MutationOptions }) options: MutationOptions): Promise<Row> {
    return this.run('archivePart', input, options, new commands.ArchivePart(input.id));
  }

  @Mutation(() => PartType, { nullable: true })
  unarchivePart(@Input(PartIdInput) input: PartIdInput, @Args({ type: () => MutationOptions }) options: MutationOptions): Promise<Row> {
    return this.run('unarchivePart', input, options, new commands.UnarchivePart(input.id));
  }

  @Mutation(() => PartType, { nullable: true })
  restockPart(
    @Input(commands.RestockPart) input: commands.RestockPart,
    @Args({ type: () => MutationOptions }) options: MutationOptions,
  ): Promise<Row> {
    return this.run('restockPart', input, options, input);
  }

  @Mutation(() => PartType, { nullable: true })
  reconcilePart(
    @Input(commands.ReconcilePart) input: commands.ReconcilePart,
    @Args({ type: () => MutationOptions }) options: MutationOptions,
  ): Promise<Row> {
    return this.run('reconcilePart', input, options, input);
  }

  @Mutation(() => PartType, { nullable: true })
  setPartUnitCost(
    @Input(commands.SetPartUnitCost) input: commands.SetPartUnitCost,
    @Args({ type: () => MutationOptions }) options: MutationOptions,
  ): Promise<Row> {
    return this.run('setPartUnitCost', input, options, input);
  }

  @Mutation(() => PartType, { nullable: true })
  setPartAverageUnitCost(
    @Input(commands.SetPartAverageUnitCost) input: commands.SetPartAverageUnitCost,
    @Args({ type: () => MutationOptions }) options: MutationOptions,
  ): Promise<Row> {
    return this.run('setPartAverageUnitCost', input, options, input);
  }

  @Mutation(() => PartType, { nullable: true })
  reversePartTransaction(
    @Input(commands.ReversePartTransaction) input: commands.ReversePartTransaction,
    @Args({ type: () => MutationOptions }) options: MutationOptions,
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

  @ResolveField('partType', () => outputTypeOf('PartType'), { nullable: true })
  partType(@Parent() row: PartRow): Promise<Row | undefined> {
    return this.related.row('part_type', row.part_type_id);
  }

  @ResolveField('storeroom', () => outputTypeOf('Storeroom'), { nullable: true })
  storeroom(@Parent() row: PartRow): Promise<Row | undefined> {
    return this.related.row('storeroom', row.storeroom_id);
  }

  @ResolveField('measurementUnit', () => outputTypeOf('MeasurementUnit'), { nullable: true })
  measurementUnit(@Parent() row: PartRow): Promise<Row | undefined> {
    return this.related.row('measurement_unit', row.measurement_unit_id);
  }

  @ResolveField('assets', () => [outputTypeOf('Asset')])
  assets(@Parent() row: PartRow): Promise<Row[]> {
    return this.related.rowsIn('asset', row.assets_ids);
  }

  @ResolveField('createdBy', () => outputTypeOf('User'), { nullable: true })
  createdBy(@Parent() row: PartRow): Promise<Row | undefined> {
    return this.related.row('user', row.created_by_id);
  }

  @ResolveField('updatedBy', () => outputTypeOf('User'), { nullable: true })
  updatedBy(@Parent() row: PartRow): Promise<Row | undefined> {
    return this.related.row('user', row.updated_by_id);
  }

  @ResolveField('transactions', () => PartTransactionConnection, {
    complexity: listComplexity,
    description: 'With `sort: "position asc"` their explanations tell why the average is what it is.',
  })
  async transactions(@Parent() row: PartRow, @Args({ type: () => PartTransactionListArguments }) list: ListArguments): Promise<object> {
    await this.mutations.visible();
    return connectionFrom(await this.parts.transactionPage(row.id, list));
  }

  private run(name: string, input: object, options: MutationOptions, command: PartCommand): Promise<Row> {
    return this.mutations.run(name, input, options, async () => {
      const { state, revision, position } = await this.commands.execute<PartCommand, commands.PartOutcome>(command);
      return { row: partRow(state, revision) as unknown as Row, position };
    });
  }
}

@Resolver(() => PartTransactionType)
export class PartTransactionsResolver {
  constructor(
    private readonly parts: PartReader,
    private readonly related: RelatedRecords,
  ) {}

  @Query(() => PartTransactionType, { name: 'partTransaction', nullable: true })
  partTransaction(@Args('partId', { type: () => ID }) partId: string, @Args('id', { type: () => ID }) id: string): Promise<Row> {
    return this.parts.transactionRow(idOfPath(partId), idOfPath(id));
  }

  @ResolveField('stockValue', () => DecimalScalar, { nullable: true, description: 'After the movement, as finance sees it.' })
  stockValue(@Parent() row: Row): unknown {
    return printed(row['stock_value_posted'] as string | null);
  }

  @ResolveField('part', () => outputTypeOf('Part'), { nullable: true })
  part(@Parent() row: Row): Promise<Row | undefined> {
    return this.related.row('part', row['part_id']);
  }

  @ResolveField('workOrder', () => outputTypeOf('WorkOrder'), { nullable: true })
  workOrder(@Parent() row: Row): Promise<Row | undefined> {
    return this.related.row('work_order', row['work_order_id']);
  }

  @ResolveField('createdBy', () => outputTypeOf('User'), { nullable: true })
  createdBy(@Parent() row: Row): Promise<Row | undefined> {
    return this.related.row('user', row['created_by_id']);
  }
}

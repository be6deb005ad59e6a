import { Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import { ApiOperation } from '@nestjs/swagger';
import {
  Answer,
  ApiAnswer,
  ApiListQuery,
  PathId,
  PlainBody,
  ResourceBody,
  ResourceReader,
  type RawQuery,
  ApiHeading,
} from '#millwright/resources';
import {
  ArchivePart,
  CreatePart,
  ReconcilePart,
  RestockPart,
  ReversePartTransaction,
  SetPartAverageUnitCost,
  SetPartUnitCost,
  UnarchivePart,
  UpdatePart,
  type PartOutcome,
} from './inventory.commands.js';
import { PartPresenter } from './part-presenter.js';
import { PartTransactionReader } from './part-transaction-reader.js';
import { parts } from './part.definition.js';
import { Part, PartExplanation, PartListRow, PartTransaction } from './part.schemas.js';
import { PartChanges, PartInput, type PartFields } from './part.inputs.js';
import { partList, transactionList } from './read-models/lists.js';

@ApiHeading('parts', 'What lies in the storerooms: stock, prices, the moving average, and every movement behind them.')
@Controller('api/v1/parts')
export class PartsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly resources: ResourceReader,
    private readonly partTransactions: PartTransactionReader,
    private readonly presenter: PartPresenter,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'createPart',
    summary: 'Create a part',
    description: 'With what is on the shelf already, where `on_hand_qty` and `unit_cost` are given. `Location` says where it is.',
  })
  @ApiAnswer(Part, { status: 201 })
  create(@ResourceBody(PartInput, 'part') input: PartInput): Promise<Answer> {
    return this.carryOut(new CreatePart(input));
  }

  @Get()
  @ApiOperation({
    operationId: 'listParts',
    summary: 'List parts',
    description: 'A page of the parts that the filters find; archived ones only where `archived` is among the filters.',
  })
  @ApiListQuery(partList)
  @ApiAnswer(PartListRow, { list: true })
  list(@Query() query: RawQuery): Promise<Answer> {
    return this.resources.list(parts, query, this.presenter);
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getPart',
    summary: 'Show a part',
    description: 'With its stock, value and average cost, all of one moment. An archived part is shown, too.',
  })
  @ApiAnswer(Part)
  one(@PathId() id: number): Promise<Answer> {
    return this.resources.one(parts, id, this.presenter);
  }

  @Patch(':id')
  @ApiOperation({
    operationId: 'updatePart',
    summary: 'Update a part',
    description: 'Only the fields that are sent change. Quantity and cost move through operations of their own.',
  })
  @ApiAnswer(Part)
  update(@PathId() id: number, @ResourceBody(PartChanges, 'part') changes: Partial<PartFields>): Promise<Answer> {
    return this.carryOut(new UpdatePart(id, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'archivePart',
    summary: 'Archive a part',
    description: 'It must have neither stock nor reservations; its history stays. One that is archived already stays so.',
  })
  archive(@PathId() id: number): Promise<Answer> {
    return this.carryOut(new ArchivePart(id));
  }

  @Patch(':id/unarchive')
  @ApiOperation({
    operationId: 'unarchivePart',
    summary: 'Bring an archived part back',
    description: 'It comes back as it was. One that is not archived stays as it is.',
  })
  @ApiAnswer(Part)
  unarchive(@PathId() id: number): Promise<Answer> {
    return this.carryOut(new UnarchivePart(id));
  }

  @Patch(':id/restock')
  @ApiOperation({
    operationId: 'restockPart',
    summary: 'Receive stock',
    description: 'The average is calculated anew; the unit cost becomes the cost of the restock.',
  })
  @ApiAnswer(Part)
  restock(@PlainBody(RestockPart, { part_id: 'id' }) command: RestockPart): Promise<Answer> {
    return this.carryOut(command);
  }

  @Patch(':id/reconcile')
  @ApiOperation({
    operationId: 'reconcilePart',
    summary: 'Correct the stock to what was counted',
    description: '`quantity` is the signed difference; it moves at the current average.',
  })
  @ApiAnswer(Part)
  reconcile(@PlainBody(ReconcilePart, { part_id: 'id' }) command: ReconcilePart): Promise<Answer> {
    return this.carryOut(command);
  }

  @Patch(':id/update_unit_cost')
  @ApiOperation({
    operationId: 'setPartUnitCost',
    summary: 'Set the list price of a part',
    description: 'The stock value stays what it was.',
  })
  @ApiAnswer(Part)
  setUnitCost(@PlainBody(SetPartUnitCost, { part_id: 'id' }) command: SetPartUnitCost): Promise<Answer> {
    return this.carryOut(command);
  }

  @Patch(':id/update_avg_unit_cost')
  @ApiOperation({
    operationId: 'setPartAverageUnitCost',
    summary: 'Revalue the stock of a part',
    description: 'Its value becomes on hand × cost.',
  })
  @ApiAnswer(Part)
  setAverageUnitCost(@PlainBody(SetPartAverageUnitCost, { part_id: 'id' }) command: SetPartAverageUnitCost): Promise<Answer> {
    return this.carryOut(command);
  }

  @Get(':id/transactions')
  @ApiOperation({
    operationId: 'listPartTransactions',
    summary: "List a part's transactions",
    description: '`meta.total_used` is what work orders used, net of returns, over the whole filtered set.',
  })
  @ApiListQuery(transactionList)
  @ApiAnswer(PartTransaction, { list: true })
  transactions(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.partTransactions.list(id, query);
  }

  @Get(':id/transactions/:transaction_id')
  @ApiOperation({
    operationId: 'getPartTransaction',
    summary: "Show one of a part's transactions",
    description: 'With the quantity, the value and the average that it left behind.',
  })
  @ApiAnswer(PartTransaction)
  transaction(@PathId() id: number, @PathId('transaction_id') transactionId: number): Promise<Answer> {
    return this.partTransactions.one(id, transactionId);
  }

  @Patch(':id/transactions/:transaction_id/reverse')
  @ApiOperation({
    operationId: 'reversePartTransaction',
    summary: 'Take a receipt back',
    description: 'Of a restock, or of the opening stock: its parts leave at the current average, the difference is price variance.',
  })
  @ApiAnswer(Part)
  reverse(
    @PlainBody(ReversePartTransaction, { part_id: 'id', transaction_id: 'transaction_id' }) command: ReversePartTransaction,
  ): Promise<Answer> {
    return this.carryOut(command);
  }

  @Get(':id/explain')
  @ApiOperation({
    operationId: 'explainPart',
    summary: 'Explain why the average is what it is',
    description: 'Every movement in log order, with its running figures and the event behind it.',
  })
  @ApiListQuery(transactionList)
  @ApiAnswer(PartExplanation)
  explain(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.partTransactions.explain(id, query);
  }

  private async carryOut(command: Command<PartOutcome>): Promise<Answer> {
    return this.presenter.written(await this.commands.execute(command));
  }
}

import { Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answer, ApiAnswer, ApiListQuery, PathId, PlainBody, ResourceBody, ResourceReader, type RawQuery } from '#millwright/resources';
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
import { PrintedPart, PrintedPartExplanation, PrintedPartListRow, PrintedPartTransaction } from './part.schemas.js';
import { PartChanges, PartInput, type PartFields } from './part.inputs.js';
import { partList, transactionList } from './read-models/lists.js';

@ApiTags('parts')
@Controller('api/v1/parts')
export class PartsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly resources: ResourceReader,
    private readonly partTransactions: PartTransactionReader,
    private readonly presenter: PartPresenter,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Create a part, with what is on the shelf already' })
  @ApiAnswer(PrintedPart, { status: 201 })
  create(@ResourceBody(PartInput, 'part') input: PartInput): Promise<Answer> {
    return this.carryOut(new CreatePart(input));
  }

  @Get()
  @ApiOperation({ summary: 'List parts' })
  @ApiListQuery(partList)
  @ApiAnswer(PrintedPartListRow, { list: true })
  list(@Query() query: RawQuery): Promise<Answer> {
    return this.resources.list(parts, query, this.presenter);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a part' })
  @ApiAnswer(PrintedPart)
  one(@PathId() id: number): Promise<Answer> {
    return this.resources.one(parts, id, this.presenter);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Update what a part is; its quantity and cost move through operations of their own' })
  @ApiAnswer(PrintedPart)
  update(@PathId() id: number, @ResourceBody(PartChanges, 'part') changes: Partial<PartFields>): Promise<Answer> {
    return this.carryOut(new UpdatePart(id, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Archive a part that has neither stock nor reservations; its history stays' })
  archive(@PathId() id: number): Promise<Answer> {
    return this.carryOut(new ArchivePart(id));
  }

  @Patch(':id/unarchive')
  @ApiOperation({ summary: 'Bring an archived part back' })
  @ApiAnswer(PrintedPart)
  unarchive(@PathId() id: number): Promise<Answer> {
    return this.carryOut(new UnarchivePart(id));
  }

  @Patch(':id/restock')
  @ApiOperation({ summary: 'Receive stock: the average is calculated anew, the unit cost becomes the cost of the restock' })
  @ApiAnswer(PrintedPart)
  restock(@PlainBody(RestockPart, { part_id: 'id' }) command: RestockPart): Promise<Answer> {
    return this.carryOut(command);
  }

  @Patch(':id/reconcile')
  @ApiOperation({ summary: 'Correct the stock to what was counted, by a signed difference' })
  @ApiAnswer(PrintedPart)
  reconcile(@PlainBody(ReconcilePart, { part_id: 'id' }) command: ReconcilePart): Promise<Answer> {
    return this.carryOut(command);
  }

  @Patch(':id/update_unit_cost')
  @ApiOperation({ summary: 'Set the list price; the stock value stays what it was' })
  @ApiAnswer(PrintedPart)
  setUnitCost(@PlainBody(SetPartUnitCost, { part_id: 'id' }) command: SetPartUnitCost): Promise<Answer> {
    return this.carryOut(command);
  }

  @Patch(':id/update_avg_unit_cost')
  @ApiOperation({ summary: 'Revalue the stock: its value becomes on hand × cost' })
  @ApiAnswer(PrintedPart)
  setAverageUnitCost(@PlainBody(SetPartAverageUnitCost, { part_id: 'id' }) command: SetPartAverageUnitCost): Promise<Answer> {
    return this.carryOut(command);
  }

  @Get(':id/transactions')
  @ApiOperation({
    summary: "List a part's transactions; meta.total_used is what work orders used, net of returns, over the whole filtered set",
  })
  @ApiListQuery(transactionList)
  @ApiAnswer(PrintedPartTransaction, { list: true })
  transactions(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.partTransactions.list(id, query);
  }

  @Get(':id/transactions/:transaction_id')
  @ApiOperation({ summary: "Show one of a part's transactions" })
  @ApiAnswer(PrintedPartTransaction)
  transaction(@PathId() id: number, @PathId('transaction_id') transactionId: number): Promise<Answer> {
    return this.partTransactions.one(id, transactionId);
  }

  @Patch(':id/transactions/:transaction_id/reverse')
  @ApiOperation({ summary: 'Take a receipt back: its parts leave at the current average, the difference is price variance' })
  @ApiAnswer(PrintedPart)
  reverse(
    @PlainBody(ReversePartTransaction, { part_id: 'id', transaction_id: 'transaction_id' }) command: ReversePartTransaction,
  ): Promise<Answer> {
    return this.carryOut(command);
  }

  @Get(':id/explain')
  @ApiOperation({ summary: 'Why the average is what it is: every movement in log order with its running figures and the event behind it' })
  @ApiListQuery(transactionList)
  @ApiAnswer(PrintedPartExplanation)
  explain(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.partTransactions.explain(id, query);
  }

  private async carryOut(command: Command<PartOutcome>): Promise<Answer> {
    return this.presenter.written(await this.commands.execute(command));
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, ApiListQuery, PathId, type Answer } from '#millwright/resources';
import { PartExplanation } from './part-explanation.js';
import { PartTransactionReader } from './part-transaction-reader.js';
import { partTransaction } from './part-transaction.shown.js';
import { parts } from './part.resource.js';
import { transactionList } from './read-models/transaction-list.js';

/** What can be read of a part beside itself: its movements, and what they explain. */
@ApiHeading('parts', parts.heading)
@Controller('api/v1/parts/:id')
export class PartTransactionsController {
  constructor(private readonly transactions: PartTransactionReader) {}

  @Get('transactions')
  @ApiOperation({
    operationId: 'listPartTransactions',
    summary: "List a part's transactions",
    description: '`meta.total_used` is what work orders used, net of returns, over the whole filtered set.',
  })
  @ApiListQuery(transactionList)
  @ApiAnswer(partTransaction.type, { list: true })
  list(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.transactions.list(id, query);
  }

  @Get('transactions/:transaction_id')
  @ApiOperation({
    operationId: 'getPartTransaction',
    summary: "Show one of a part's transactions",
    description: 'With the quantity, the value and the average that it left behind.',
  })
  @ApiAnswer(partTransaction.type)
  one(@PathId() id: number, @PathId('transaction_id') transactionId: number): Promise<Answer> {
    return this.transactions.one(id, transactionId);
  }

  @Get('explain')
  @ApiOperation({
    operationId: 'explainPart',
    summary: 'Explain why the average is what it is',
    description: 'Every movement in log order, with its running figures and the event behind it.',
  })
  @ApiListQuery(transactionList)
  @ApiAnswer(PartExplanation)
  explain(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.transactions.explain(id, query);
  }
}

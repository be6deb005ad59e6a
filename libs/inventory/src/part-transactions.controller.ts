import { Controller, Get, Query } from '@nestjs/common';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, ApiListQuery, OverRest, PathId, type Answer } from '#millwright/resources';
import { PartExplanation } from './part-explanation.js';
import { PartTransactionReader } from './part-transaction-reader.js';
import { partTransaction } from './part-transaction.shown.js';
import { partReads } from './part.operations.js';
import { parts } from './part.resource.js';
import { transactionList } from './read-models/transaction-list.js';

/** What can be read of a part beside itself: its movements, and what they explain. */
@ApiHeading('parts', parts.heading)
@Controller('api/v1/parts/:id')
export class PartTransactionsController {
  constructor(private readonly transactions: PartTransactionReader) {}

  @Get('transactions')
  @OverRest(partReads.transactions)
  @ApiListQuery(transactionList)
  @ApiAnswer(partTransaction.type, { list: true })
  list(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.transactions.list(id, query);
  }

  @Get('transactions/:transaction_id')
  @OverRest(partReads.transaction)
  @ApiAnswer(partTransaction.type)
  one(@PathId() id: number, @PathId('transaction_id') transactionId: number): Promise<Answer> {
    return this.transactions.one(id, transactionId);
  }

  @Get('explain')
  @OverRest(partReads.explanation)
  @ApiListQuery(transactionList)
  @ApiAnswer(PartExplanation)
  explain(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.transactions.explain(id, query);
  }
}

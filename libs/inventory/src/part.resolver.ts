import { Args, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, type ListArguments } from '#millwright/lists';
import { idOfPath, OverGraphql } from '#millwright/resources';
import { PartTransactionReader } from './part-transaction-reader.js';
import { partReads } from './part.operations.js';
import { parts } from './part.resource.js';
import { partTransaction } from './part-transaction.shown.js';
import { transactionList } from './read-models/transaction-list.js';
import type { PartRow } from './read-models/part-row.js';

const PartTransactionConnection = connectionOf('PartTransaction', () => partTransaction.type);
const PartTransactionListArguments = listArgumentsOf('PartTransaction', transactionList);

/** What a part shows beside its fields. */
@Resolver(() => parts.output)
export class PartFiguresResolver {
  constructor(private readonly partTransactions: PartTransactionReader) {}

  @ResolveField('transactions', () => PartTransactionConnection, {
    complexity: listComplexity,
    description: 'With `sort: "position asc"` their explanations tell why the average is what it is.',
  })
  async transactions(@Parent() row: PartRow, @Args({ type: () => PartTransactionListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.partTransactions.page(row.id, list));
  }
}

@Resolver(() => partTransaction.type)
export class PartTransactionsResolver {
  constructor(private readonly partTransactions: PartTransactionReader) {}

  @Query(() => partTransaction.type, {
    name: 'partTransaction',
    nullable: true,
    description: "One of a part's transactions, with what it left behind. Refused with NOT_FOUND.",
  })
  @OverGraphql(partReads.transaction)
  partTransaction(
    @Args('partId', { type: () => ID, description: 'The number of the part.' }) partId: string,
    @Args('id', { type: () => ID, description: 'The number of the transaction.' }) id: string,
  ): Promise<Row> {
    return this.partTransactions.row(idOfPath(partId), idOfPath(id));
  }
}

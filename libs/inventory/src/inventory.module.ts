import { Module, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { operationHandlers, Questions, Relations, resourceModule } from '#millwright/resources';
import { isCurrencyUsed } from '#millwright/sites';
import { assetParts } from './asset-parts.js';
import { partOperations } from './part.operations.js';
import { partVendorResolvers } from './part-vendor.shown.js';
import { PartFiguresResolver, PartTransactionsResolver } from './part.resolver.js';
import { parts } from './part.resource.js';
import { partTransaction } from './part-transaction.shown.js';
import { PartTransactionReader } from './part-transaction-reader.js';
import { PartTransactionsController } from './part-transactions.controller.js';
import { PartWriter } from './part-writer.js';
import { Receipts } from './receipts.js';
import { inventoryRecords } from './records/inventory-records.js';

/** Parts: stock, reservations, valuation; storerooms, units and part types. */
@Module({
  imports: [resourceModule(inventoryRecords, [{ resource: parts, operations: partOperations }])],
  controllers: [PartTransactionsController],
  providers: [
    ...operationHandlers(partOperations),
    PartWriter,
    PartTransactionReader,
    Receipts,
    PartFiguresResolver,
    PartTransactionsResolver,
    partTransaction.resolver,
    ...partVendorResolvers,
  ],
})
export class InventoryModule implements OnModuleInit {
  constructor(
    private readonly questions: Questions,
    private readonly database: DataSource,
    private readonly relations: Relations,
  ) {}

  /** A part's amounts are in its site's currency for ever. */
  onModuleInit(): void {
    this.relations.register(assetParts);
    this.questions.answer(isCurrencyUsed, async (entityId) => {
      const parts = await this.database.query<unknown[]>('SELECT 1 FROM read.parts WHERE entity_id = $1 LIMIT 1', [entityId]);
      return parts.length > 0;
    });
  }
}

import { Module, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Questions, recordModule } from '#millwright/resources';
import { isCurrencyUsed } from '#millwright/sites';
import { inventoryHandlers } from './inventory.handlers.js';
import { PartPresenter } from './part-presenter.js';
import { PartTransactionReader } from './part-transaction-reader.js';
import { PartWriter } from './part-writer.js';
import { PartsController } from './parts.controller.js';
import { PartsResolver, PartTransactionsResolver } from './parts.resolver.js';
import { Receipts } from './receipts.js';
import { inventoryRecords } from './records/inventory-records.js';

/** Parts: stock, reservations, valuation; storerooms, units and part types. */
@Module({
  imports: [recordModule(inventoryRecords)],
  controllers: [PartsController],
  providers: [...inventoryHandlers, PartWriter, PartTransactionReader, PartPresenter, Receipts, PartsResolver, PartTransactionsResolver],
})
export class InventoryModule implements OnModuleInit {
  constructor(
    private readonly questions: Questions,
    private readonly database: DataSource,
  ) {}

  /** A part's amounts are in its site's currency for ever. */
  onModuleInit(): void {
    this.questions.answer(isCurrencyUsed, async (entityId) => {
      const parts = await this.database.query<unknown[]>('SELECT 1 FROM read.parts WHERE entity_id = $1 LIMIT 1', [entityId]);
      return parts.length > 0;
    });
  }
}

import { Module, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isBeingIssued } from '#millwright/inventory';
import { Questions, recordModule } from '#millwright/resources';
import { isCurrencyUsed } from '#millwright/sites';
import { Fulfilment } from './fulfilment.js';
import { OtherCostReader } from './other-cost-reader.js';
import { OtherCostWriter } from './other-cost-writer.js';
import { PartAssignments } from './part-assignments.js';
import { WorkOrderCostReader } from './work-order-costs.js';
import { workOrderRecords } from './records/work-order-records.js';
import { workOrderHandlers } from './work-order.handlers.js';
import { WorkOrderPresenter } from './work-order-presenter.js';
import { WorkOrderStatuses } from './work-order-statuses.js';
import { WorkOrderWriter } from './work-order-writer.js';
import { OtherCostsResolver, WorkOrdersResolver } from './work-orders.resolver.js';
import { WorkOrdersController } from './work-orders.controller.js';

/** Work orders, their parts and other costs, and the process that joins them with the stock. */
@Module({
  imports: [recordModule(workOrderRecords)],
  controllers: [WorkOrdersController],
  providers: [
    ...workOrderHandlers,
    WorkOrderWriter,
    PartAssignments,
    OtherCostWriter,
    Fulfilment,
    WorkOrderStatuses,
    OtherCostReader,
    WorkOrderPresenter,
    WorkOrderCostReader,
    WorkOrdersResolver,
    OtherCostsResolver,
  ],
})
export class WorkOrdersModule implements OnModuleInit {
  constructor(
    private readonly questions: Questions,
    private readonly database: DataSource,
  ) {}

  onModuleInit(): void {
    // A cost is in its site's currency for ever.
    this.questions.answer(isCurrencyUsed, (entityId) => this.isThere('read.other_costs WHERE entity_id = $1', entityId));
    this.questions.answer(isBeingIssued, (partId) =>
      this.isThere('read.work_orders WHERE is_being_completed AND $1 = ANY(parts_ids)', partId),
    );
  }

  private async isThere(what: string, value: number): Promise<boolean> {
    return (await this.database.query<unknown[]>(`SELECT 1 FROM ${what} LIMIT 1`, [value])).length > 0;
  }
}

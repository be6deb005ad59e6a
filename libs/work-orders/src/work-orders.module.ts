import { Module, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { commentsController, commentsOfRecordResolver } from '#millwright/comments';
import { isBeingIssued } from '#millwright/inventory';
import { workOrderRequests } from '#millwright/requests';
import { operationHandlers, Questions, resourceModule } from '#millwright/resources';
import { isCurrencyUsed } from '#millwright/sites';
import { Alarms } from './alarms.js';
import { AssignmentAnswers } from './assignment-answers.js';
import { downtimeTracking } from './downtime-tracking.js';
import { DowntimeTrackingResolver } from './downtime-tracking.resolver.js';
import { Fulfilment } from './fulfilment.js';
import { labour } from './labour.js';
import { MachineNames } from './machine-names.js';
import { OtherCostReader } from './other-cost-reader.js';
import { otherCost } from './other-cost.shown.js';
import { OtherCostWriter } from './other-cost-writer.js';
import { OtherCostsController } from './other-costs.controller.js';
import { PartAssignments } from './part-assignments.js';
import { procedureItem } from './procedures/procedure-item.shown.js';
import { ProcedureReader } from './procedures/procedure-reader.js';
import { ProcedureResolver } from './procedures/procedure.resolver.js';
import { procedure } from './procedures/procedure.shown.js';
import { ProcedureWriter } from './procedures/procedure-writer.js';
import { ProceduresController } from './procedures/procedures.controller.js';
import { SignatureTraces } from './procedures/signature-traces.js';
import { Signatures } from './procedures/signatures.js';
import { procedureItemOptions } from './procedures/item-options.shown.js';
import { hierarchyStep } from './hierarchy.js';
import { workOrderRecords } from './records/work-order-records.js';
import { OrderFollowers } from './order-followers.js';
import { RequestConversion } from './request-conversion.js';
import { requestOperations } from './request.operations.js';
import { WorkOrderAccountController } from './work-order-account.controller.js';
import { WorkOrderAccountResolver } from './work-order-account.resolver.js';
import { accountSource, workOrderAccount } from './work-order-account.shown.js';
import { WorkOrderAccounts } from './work-order-account.js';
import { WorkOrderCostReader } from './work-order-costs.js';
import { partAssignment } from './work-order-costs.shown.js';
import { checklistItem } from './work-order.fields.js';
import { workOrderOperations } from './work-order.operations.js';
import { OtherCostsResolver, WorkOrderFiguresResolver } from './work-order.resolver.js';
import { workOrders } from './work-order.resource.js';
import { WorkOrderStatuses } from './work-order-statuses.js';
import { WorkOrderWriter } from './work-order-writer.js';

const operations = [...workOrderOperations, ...labour.operations];

/** Work orders, their parts, labour and other costs, and the process that joins them with the stock. */
@Module({
  imports: [
    resourceModule(workOrderRecords, [
      { resource: workOrders, operations },
      { resource: workOrderRequests, operations: requestOperations },
    ]),
  ],
  controllers: [
    OtherCostsController,
    ProceduresController,
    WorkOrderAccountController,
    commentsController(workOrders),
    ...labour.controllers,
  ],
  providers: [
    ...operationHandlers([...operations, ...requestOperations]),
    WorkOrderWriter,
    RequestConversion,
    OrderFollowers,
    MachineNames,
    Alarms,
    PartAssignments,
    AssignmentAnswers,
    OtherCostWriter,
    OtherCostReader,
    Fulfilment,
    WorkOrderStatuses,
    WorkOrderCostReader,
    WorkOrderFiguresResolver,
    OtherCostsResolver,
    DowntimeTrackingResolver,
    WorkOrderAccounts,
    WorkOrderAccountResolver,
    workOrderAccount.resolver,
    accountSource.resolver,
    hierarchyStep.resolver,
    checklistItem.resolver,
    commentsOfRecordResolver(workOrders),
    downtimeTracking.resolver,
    procedureItemOptions.resolver,
    procedureItem.resolver,
    procedure.resolver,
    ProcedureResolver,
    ProcedureReader,
    ProcedureWriter,
    Signatures,
    SignatureTraces,
    partAssignment.resolver,
    otherCost.resolver,
    ...labour.providers,
  ],
  exports: [WorkOrderCostReader, OrderFollowers],
})
export class WorkOrdersModule implements OnModuleInit {
  constructor(
    private readonly questions: Questions,
    private readonly database: DataSource,
  ) {}

  onModuleInit(): void {
    // A cost is in its site's currency for ever.
    for (const table of ['read.other_costs', 'read.labor_entries', 'read.timers'])
      this.questions.answer(isCurrencyUsed, (entityId) => this.isThere(`${table} WHERE entity_id = $1`, entityId));
    this.questions.answer(isBeingIssued, (partId) =>
      this.isThere('read.work_orders WHERE is_being_completed AND $1 = ANY(parts_ids)', partId),
    );
  }

  private async isThere(what: string, value: number): Promise<boolean> {
    return (await this.database.query<unknown[]>(`SELECT 1 FROM ${what} LIMIT 1`, [value])).length > 0;
  }
}

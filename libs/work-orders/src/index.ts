export * from './domain/work-order.events.js';
export * from './domain/procedure.events.js';
export { workOrder } from './domain/work-order.js';
export {
  completedStatus,
  type CompletionRound,
  type PartLine,
  type RefusedRequest,
  type Status,
  type WorkOrder,
} from './domain/work-order.state.js';
export * from './domain/work-order-status.js';
export * from './domain/work-order-parts.js';
export { finishCompletion } from './domain/work-order-completion.js';
export * from './domain/work-order-archive.js';
export * from './domain/other-costs.js';
export * from './domain/labour.events.js';
export { labourPosting } from './domain/labour-charge.js';
export { signatureErasure } from './procedures/signature-erasure.js';
export { laborEntryIds } from './labour-writer.js';
export { laborEntriesProjection, laborEntryTable } from './read-models/labor-entries.js';
export * from './domain/fulfilment.js';
export * from './domain/alarm.events.js';
export { alarmReaction, commentsOfAlarms } from './alarm-process.js';
export { alarmsProjection } from './read-models/alarms.js';
export { timekeepingReaction, timersIn, timersOfClosedOrders } from './timekeeping-processes.js';
export { timerIds } from './timer-writer.js';
export { timersProjection } from './read-models/timers.js';
export * from './domain/timekeeping.events.js';
export { fulfilmentReaction } from './fulfilment-process.js';
export { OrderFollowers, type OrderFollower } from './order-followers.js';
export { requestConversionReaction, requestFollowingReaction } from './request-processes.js';
export { workOrdersProjection } from './read-models/work-orders.js';
export { WorkOrderCostReader } from './work-order-costs.js';
export { totalCosts, type WorkOrderCosts } from './work-order-costs.shown.js';
export type { WorkOrderRow } from './read-models/work-order-row.js';
export { laborCategories } from './records/accounting-records.js';
export { workOrderFields } from './work-order.fields.js';
export { otherCostIds, workOrders } from './work-order.resource.js';
export { estimatedLine } from './work-order-costs.js';
export { partAssignment } from './work-order-costs.shown.js';
export { begun, withWholeChecklist } from './whole-checklist.js';
export { WorkOrdersModule } from './work-orders.module.js';
export { workOrderRecords, workOrderStatuses } from './records/work-order-records.js';
export { completeOptions, procedureItemOptions } from './procedures/item-options.shown.js';
export { procedureItemTypes, type ProcedureItemType } from './procedures/item-types.js';
export { copiesOf, procedureIds, procedureItemIds } from './procedures/template-copies.js';
export { procedureTable } from './read-models/procedures.js';
export { workOrderTable } from './read-models/work-order-row.js';
export { proceduresOfOrders } from './procedures/procedure.shown.js';
export { workProgress, type WorkProgress } from './domain/work-progress.js';
export { workOrderUpcasters } from './upcasters.js';
export { workOrderErrors } from './errors.js';

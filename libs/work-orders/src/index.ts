export * from './domain/work-order.events.js';
export { workOrder } from './domain/work-order.js';
export {
  completedStatus,
  openStatus,
  partLines,
  type CompletionRound,
  type PartLine,
  type RefusedRequest,
  type Status,
  type WorkOrder,
} from './domain/work-order.state.js';
export * from './domain/work-order-status.js';
export * from './domain/work-order-parts.js';
export { finishCompletion, refuseCompletion } from './domain/work-order-completion.js';
export * from './domain/work-order-archive.js';
export * from './domain/other-costs.js';
export * from './domain/fulfilment.js';

import { operation } from '#millwright/resources';
import { ConvertWorkOrderRequest } from './request-conversion.command.js';
import { RequestConversion } from './request-conversion.js';
import { workOrders } from './work-order.resource.js';
import { WorkOrderWriter } from './work-order-writer.js';

/** What can be done with a request beside what can be done with every resource. */
export const requestOperations = [
  operation({
    name: 'convertWorkOrderRequest',
    scopes: ['work_order_requests:write', 'work_orders:write'],
    command: ConvertWorkOrderRequest,
    route: 'POST :id/convert',
    fromPath: { id: 'id' },
    root: 'work_order',
    mayBeEmpty: true,
    summary: 'Open a work order from a request',
    description: 'What is left out is as the request has it; what is given wins. A request becomes one order, for ever, and follows it.',
    refusals:
      'NOT_FOUND, REQUEST_CONVERTED (`id` is the order), CONFLICT (archived, rejected or cancelled), PROCEDURE_INCOMPLETE, VALIDATION_FAILED, DUPLICATE_REFERENCE, PRECONDITION_FAILED, COMPLETION_PENDING (taken, and still being carried out)',
    by: WorkOrderWriter,
    carryOut: (orders, { id, ...overrides }) => orders.convert(id, overrides),
    answers: { printed: workOrders.answer, status: 201, output: () => workOrders.output, by: RequestConversion },
  }),
];

import type { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import { partialClassOf, Reference, type Class } from '#millwright/fields';
import type { Decided } from '#millwright/resources';
import type { WorkOrder } from './domain/work-order.state.js';
import { WorkOrderFields } from './work-order.fields.js';

/** Everything that a new order takes, each of which may be left out: then it is as the request has it. */
export type ConvertWorkOrderRequest = Command<Decided<WorkOrder>> &
  Omit<Partial<WorkOrderFields>, 'work_order_request_id'> & { id: number };

export const ConvertWorkOrderRequest = partialClassOf(WorkOrderFields, 'ConvertWorkOrderRequest', [
  'work_order_request_id',
]) as Class<ConvertWorkOrderRequest>;
Reference('work_order_request', { required: true })(ConvertWorkOrderRequest.prototype as object, 'id');
InputType('ConvertWorkOrderRequestInput', {
  description:
    'Opens a work order from a request: what is left out is as the request has it, what is given wins, null and an empty list too.',
})(ConvertWorkOrderRequest);

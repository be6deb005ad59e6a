import type { IdSequence } from '#millwright/event-sourcing';
import { defineResource } from '#millwright/resources';
import { workOrder } from './domain/work-order.js';
import { workOrderList } from './read-models/lists.js';
import { workOrderRow } from './read-models/work-order-row.js';
import { WorkOrderInput } from './work-order.inputs.js';
import { WorkOrderType } from './work-order.types.js';

/** Work orders as a resource like any other; what is special about them is in `domain/`. */
export const workOrders = defineResource({
  name: 'work_order',
  stream: workOrder,
  fields: WorkOrderInput,
  list: workOrderList,
  rowOf: workOrderRow,
  label: ({ id, title }) => ({ id, title }),
  graphql: () => WorkOrderType,
});

/** Other costs are numbered across all work orders. */
export const otherCostIds = { name: 'other_cost', field: 'otherCostId' } as const satisfies IdSequence;

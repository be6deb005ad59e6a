import { viewOf } from '#millwright/lists';
import { defineResource } from '#millwright/resources';
import { workOrderRequest } from './domain/request.js';
import { requestFold, requestRow, workOrderRequestsProjection } from './read-models/request-row.js';
import { requestFields } from './request.fields.js';

const usual = 'VALIDATION_FAILED (also use_operation for approved and completed, contradicts_status)';

/** Requests for work as a resource like any other; what is special about them is in `domain/`. */
export const workOrderRequests = defineResource({
  name: 'work_order_request',
  rows: { own: ['created_by_id'] },
  plural: 'work_order_requests',
  description: 'What somebody asks to be done, before there is a work order for it.',
  heading: 'What people ask to be done. Converting a request opens a work order, whose status it follows from then on.',
  scope: 'entity',
  notes: {
    create: { refusals: usual },
    update: {
      description: 'A status moves it, unless it has a work order: then that says where it stands.',
      refusals: `CONFLICT (a status, where it has a work order), ${usual}`,
    },
    archive: { refusals: 'RECORD_IN_USE (its work order is open)' },
  },
  fields: requestFields,
  stream: workOrderRequest,
  rowOf: requestRow,
  view: viewOf(requestFold.table),
  projection: workOrderRequestsProjection.name,
  label: ['id', 'title', 'created_at', 'created_by'],
  search: ['title', 'description'],
  defaultSort: 'created_at desc',
});

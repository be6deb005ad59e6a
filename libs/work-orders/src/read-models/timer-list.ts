import { streamName } from '#millwright/event-sourcing';
import { columnSql, rowsOf, viewOf, type ListDefinition } from '#millwright/lists';
import { users } from '#millwright/people';
import { timekeeping } from '../domain/timekeeping.js';
import { runningTimer } from '../timer.shown.js';
import { timersProjection, timerView } from './timers.js';
import { workOrderTable } from './work-order-row.js';

const { hours: _, ...attributes } = runningTimer.attributes;

const titleOfOrder = (): string => `(SELECT sought.title FROM ${rowsOf(viewOf(workOrderTable), 'sought')} WHERE sought.id = work_order_id)`;

/** People are called as they are today, also where the timers of another moment are asked for. */
const nameOfTechnician = (): string => {
  const { view } = users.list;
  return `(SELECT concat_ws(' ', ${columnSql(view, 'name')}, ${columnSql(view, 'surname')}) FROM ${view.from} WHERE record.id = technician_id)`;
};

/** GET /timers. */
export const timerList: ListDefinition = {
  view: {
    ...timerView,
    columns: {
      ...timerView.columns,
      work_order_title: { type: 'text', sql: titleOfOrder, onlySought: true },
      technician_name: { type: 'text', sql: nameOfTechnician, onlySought: true },
    },
  },
  attributes,
  // Of an order that somebody does not see he sees no timer either; what people are called stands in every answer.
  search: ['work_order_title', 'technician_name'],
  defaultSort: 'started_at asc',
  scope: 'entity',
  belongsTo: 'work_order_id',
  source: {
    projection: timersProjection.name,
    streamOf: ({ technician_id }) => streamName(timekeeping.category, Number(technician_id)),
  },
};

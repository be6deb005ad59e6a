import { canonicalText } from '#millwright/fields';
import { rowsOf, viewOf, type View } from '#millwright/lists';
import { workOrderStatuses } from '../records/work-order-records.js';
import { workOrderTable } from './work-order-row.js';

const stored = viewOf(workOrderTable);

/** The name of a status as `workOrderView` has it, but for its case: answers show it with its blanks, however many stand in a row. */
export const inOneWord = (name: string): string => canonicalText(name).replace(/[ _]+/g, '_');

/** The status by its name in one word, so that `?status=in_progress` finds what people call so. */
export const workOrderView: View = {
  ...stored,
  columns: {
    ...stored.columns,
    status: {
      type: 'text',
      sql: () =>
        `(SELECT regexp_replace(lower(status.name), '[ _]+', '_', 'g') FROM ${rowsOf(workOrderStatuses.view, 'status')} WHERE status.id = status_id)`,
    },
  },
};

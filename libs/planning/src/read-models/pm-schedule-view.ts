import { instantOfSql } from '#millwright/fields';
import { viewOf, type View } from '#millwright/lists';
import { soughtAsSeen } from '../orders-seen.js';
import { pmScheduleTable } from './pm-schedule-row.js';

const stored = viewOf(pmScheduleTable);

/** With the asset of its work orders, so that lists find the schedules of one, and the end that they find and sort by. */
export const pmScheduleView: View = {
  ...stored,
  columns: {
    ...stored.columns,
    ...soughtAsSeen.columns,
    asset_id: { type: 'bigint', sql: `("template_work_order"->>'assetId')::bigint` },
    sought_end: { type: 'timestamptz', sql: instantOfSql('"end_date"'), onlySought: true },
  },
};

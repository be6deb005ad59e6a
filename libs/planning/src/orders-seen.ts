import { restrictionBy } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import type { BulkRead, Related } from '#millwright/fields';
import { rowsOf, seenValuesSql, statementAsOf, type ListAttribute, type View, type ViewColumn } from '#millwright/lists';
import { referenceTarget } from '#millwright/resources';
import { scheduleStatuses } from './pm-schedule.choices.js';

/** What a schedule shows of its orders, and tells of those only that whoever asks sees (contract, part 4, S18). */
type Figures = Readonly<{ has_work_orders: boolean; has_uncompleted_wo: boolean; status: string }>;

/** What schedules show; their fields need this file, so the table is named and not imported. */
const schedules: View = {
  from: 'read.pm_schedules',
  columns: { id: 'bigint', plan: 'jsonb', has_work_orders: 'boolean', has_uncompleted_wo: 'boolean', status: 'text' },
  history: { versions: 'read.pm_schedules_history' },
};

const orders = (): ReturnType<typeof referenceTarget> => referenceTarget('work_order');
const isRestricted = (): boolean => restrictionBy(orders().rows) !== undefined;

/**
 * Asked from the side of whoever asks, once a statement: his orders are few, and those that a schedule has ever raised are more each day. What is in an
 * expression and in no condition is looked up in what was found, and not joined to the orders one by one.
 */
const seenOrders = (column: 'id' | 'pm_schedule_id'): string => seenValuesSql(orders(), column, 'pm_schedule_id');
const hasSeen = (): string => `(id IN (${seenOrders('pm_schedule_id')}))`;
const hasSeenOpen = (): string =>
  `coalesce((SELECT bool_or(opened.order_id::bigint IN (${seenOrders('id')})) FROM jsonb_array_elements_text("plan"->'openOrders') opened(order_id)), false)`;

/** The SQL of each over the row of a schedule: where no order that is seen is open, it stands where it would without any. */
const sqlOf: Readonly<Record<keyof Figures, () => string>> = {
  has_work_orders: () => (isRestricted() ? `(${hasSeen()})` : '"has_work_orders"'),
  has_uncompleted_wo: () => (isRestricted() ? `(${hasSeenOpen()})` : '"has_uncompleted_wo"'),
  status: () =>
    isRestricted()
      ? `(CASE WHEN "status" <> 'active' OR ${hasSeenOpen()} THEN "status" WHEN "next_order_date" IS NULL AND "type" <> 'floating' THEN 'finished' ELSE 'planned' END)`
      : '"status"',
};

const sought = (type: 'boolean' | 'text', name: keyof Figures): ViewColumn => ({ type, onlySought: true, sql: sqlOf[name] });

/** What lists find and sort schedules by in their place. */
export const soughtAsSeen = {
  columns: {
    sought_has_work_orders: sought('boolean', 'has_work_orders'),
    sought_has_uncompleted_wo: sought('boolean', 'has_uncompleted_wo'),
    sought_status: sought('text', 'status'),
  } satisfies Record<string, ViewColumn>,
  attributes: {
    has_work_orders: { type: 'flag', neverNull: true, column: 'sought_has_work_orders' },
    has_uncompleted_wo: { type: 'flag', neverNull: true, column: 'sought_has_uncompleted_wo' },
    status: { type: 'text', neverNull: true, choices: scheduleStatuses, column: 'sought_status' },
  } satisfies Record<string, ListAttribute>,
};

const figuresSeen: BulkRead<number, Partial<Figures>> = {
  async read(ids, database) {
    const found = await database.query<(Figures & Readonly<{ id: string }>)[]>(
      ...statementAsOf(
        `SELECT id, ${sqlOf.has_work_orders()} AS has_work_orders, ${sqlOf.has_uncompleted_wo()} AS has_uncompleted_wo, ${sqlOf.status()} AS status FROM ${rowsOf(schedules)} WHERE id = ANY($1)`,
        [[...ids]],
      ),
    );
    const figures = new Map(found.map((row) => [Number(row.id), row]));
    return ids.map((id) => figures.get(id) ?? {});
  },
};

/** One of them, for whoever asks: at once where he sees all orders. */
export const asSeen =
  (name: keyof Figures) =>
  (row: Row, related: Related): unknown =>
    isRestricted()
      ? related.load(figuresSeen, Number(row['id'])).then((seen) => seen[name] ?? (name === 'status' ? 'planned' : false))
      : row[name];

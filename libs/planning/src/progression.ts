import type { Row } from '#millwright/event-sourcing';
import { ShownId, ShownInteger, ShownText, type Related } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';
import { proceduresOfOrders, workProgress, type WorkProgress } from '#millwright/work-orders';

class ProgressionFields {
  @ShownInteger({
    description: 'How many percent of the steps and required procedure items are done; 100 once it is completed.',
    always: true,
  })
  percentage!: number;
  @ShownId({ description: 'The number of the work order.', always: true }) id!: number;
  @ShownText({ description: 'The name of its status.' }) status!: string | null;
}

export const progression = defineShownType('PmProgression', ProgressionFields, 'How far the last order of a schedule has come.');

/** How far the order that was raised last has come; undefined where there is none (S46). */
export async function progressionOf({ last_active_work_order_id }: Row, related: Related): Promise<Row | undefined> {
  const order = await related.shown('work_order', last_active_work_order_id);
  if (!order) return undefined;
  const { id, status_id, status_kind, checklist } = order;
  const [status, procedures] = await Promise.all([
    related.row('work_order_status', status_id),
    related.load(proceduresOfOrders, Number(id)),
  ]);
  const items = procedures.flatMap((procedure) => procedure['items'] as Items);
  const percentage = status_kind === 'completed' ? 100 : percentOf(workProgress((checklist ?? []) as Steps, items));
  return { id, status: status?.['name'] ?? null, percentage };
}

type Steps = Parameters<typeof workProgress>[0];
type Items = Parameters<typeof workProgress>[1];

/** Whole percent, half-up; 0 where there is nothing to do. */
const percentOf = ({ done, all }: WorkProgress): number => (all === 0 ? 0 : Math.floor((200 * done + all) / (2 * all)));

export async function printProgression(schedule: Row, related: Related): Promise<object | null> {
  const found = await progressionOf(schedule, related);
  return found ? progression.print(found, related) : null;
}

import type { Decimal } from '#millwright/quantities';
import { ShownFlag, ShownId, ShownInstant, ShownQuantity, ShownReference, type BulkRead, type Related } from '#millwright/fields';
import { readRow, rowsOf, selectList, statementAsOf } from '#millwright/lists';
import { defineShownType } from '#millwright/resources';
import { currentScope } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { timerView } from './read-models/timers.js';

class TimerFields {
  @ShownId() id!: number;
  @ShownReference('work_order', { description: 'The work order that is worked on.', always: true, label: ['id', 'title'] })
  work_order_id!: number;
  @ShownReference('user', { description: 'Who works.', always: true, label: ['id', 'name', 'surname', 'avatar'] }) technician_id!: number;
  @ShownInstant({ description: 'When the work began.', always: true }) started_at!: string;
  @ShownQuantity({ description: 'How long it has been running, up to 4 decimals.', always: true, example: 1.25 }) hours!: Decimal;
  @ShownFlag({ description: 'Whether it has been running for more than 24 hours.', always: true }) overdue!: boolean;
}

export const runningTimer = defineShownType('Timer', TimerFields, 'A timer that runs: somebody is working on a work order.');

class ActiveTimerFields {
  @ShownReference('user', { description: 'Whose timer it is.', always: true, alone: true }) created_by_id!: number;
  @ShownInstant({ description: 'When the work began.', always: true }) started_at!: string;
}

/** What an order shows of the timer that whoever asks has running on it. */
export const activeTimer = defineShownType('ActiveTimer', ActiveTimerFields, 'The timer that runs on a work order for whoever asks.');

/** Whosever they are, of a page of orders in one statement. */
const timersOn: BulkRead<number, readonly Row[]> = {
  shared: true,
  async read(workOrderIds, database) {
    const found = await database.query<Record<string, unknown>[]>(
      ...statementAsOf(`SELECT ${selectList(timerView)} FROM ${rowsOf(timerView)} WHERE work_order_id = ANY($1)`, [[...workOrderIds]]),
    );
    const timers = found.map((raw) => readRow(timerView, raw));
    return workOrderIds.map((id) => timers.filter(({ work_order_id }) => work_order_id === id));
  },
};

/** The timer that whoever asks has running on an order. */
export async function activeTimerOn(workOrderId: number, related: Related): Promise<Row | undefined> {
  const { userId } = currentScope().principal;
  const row = (await related.load(timersOn, workOrderId)).find(({ technician_id }) => technician_id === userId);
  return row && { ...row, created_by_id: row['technician_id'] };
}

/** The timer of whoever asks, as REST shows it; null where none runs on that order. */
export async function printedActiveTimer({ id }: Row, related: Related): Promise<object | null> {
  const row = await activeTimerOn(Number(id), related);
  return row ? activeTimer.print(row, related) : null;
}

import { placeInAppend, Rejection, sameJson, stampOf, type Event, type Stamp } from '#millwright/event-sourcing/decider';
import type { ChecklistItem, WorkOrderDetails, WorkOrderEvent } from './work-order.events.js';
import { beingCompleted, closed, invalid, requireInUse, type Ticks, type WorkOrder } from './work-order.state.js';

/** What a checklist says in details. */
export const checklistIn = ({ checklist }: Partial<WorkOrderDetails>): readonly ChecklistItem[] =>
  (checklist ?? []) as readonly ChecklistItem[];

/** The items by their order: where an old list has one twice, the first is meant (S37). */
const byOrder = (items: readonly ChecklistItem[]): ReadonlyMap<number, ChecklistItem> =>
  new Map([...items].reverse().map((item) => [item.order, item]));

/** @throws Rejection VALIDATION_FAILED not_unique: two items of the list have one order */
export function requireDistinctOrders(details: Partial<WorkOrderDetails>): void {
  const known = new Set<number>();
  for (const [place, { order }] of checklistIn(details).entries()) {
    if (known.has(order)) throw invalid(`work_order.checklist.${place}.order`, 'not_unique', 'must not be that of another item');
    known.add(order);
  }
}

export type TickChecklistItem = Readonly<{ order: number; checked: boolean }>;

/**
 * Ticks one item off, or takes the tick back, whatever happens to the others meanwhile. What is so already appends nothing.
 * @throws Rejection NOT_FOUND also an unknown item; CONFLICT archived, or a completion is running; WORK_ORDER_CLOSED
 */
export function tickChecklistItem(order: WorkOrder, { order: place, checked }: TickChecklistItem): WorkOrderEvent[] {
  requireInUse(order);
  const item = byOrder(checklistIn(order.details)).get(place);
  if (!item) throw new Rejection('NOT_FOUND', 'The checklist of the work order has no such item.');
  requireTickable(order);
  return item.checked === checked ? [] : [{ type: 'ChecklistItemTicked', data: { order: place, checked } }];
}

/** @throws Rejection CONFLICT a completion is running; WORK_ORDER_CLOSED */
function requireTickable({ phase }: WorkOrder): void {
  if (phase === 'completing') throw beingCompleted();
  if (phase !== 'open') throw closed(`The work order is ${phase}; reopen it before ticking off its checklist.`);
}

/**
 * What may not be ticked one by one may not be ticked by the whole list either; it says anything else as it does on open orders. An item that is left out
 * takes its tick with it, and could come back without: only those that are not ticked are left out.
 * @throws Rejection as `tickChecklistItem`, where an item is ticked otherwise than it was
 */
export function requireTicksAsBefore(order: WorkOrder, changes: Partial<WorkOrderDetails>): void {
  if (!('checklist' in changes)) return;
  const [before, after] = [byOrder(checklistIn(order.details)), byOrder(checklistIn(changes))];
  const isTicked = (items: ReadonlyMap<number, ChecklistItem>, place: number): boolean => items.get(place)?.checked ?? false;
  for (const place of new Set([...before.keys(), ...after.keys()]))
    if (isTicked(before, place) !== isTicked(after, place)) requireTickable(order);
}

/** The list after one item was ticked. */
export function tickedList(items: readonly ChecklistItem[], { order, checked }: TickChecklistItem): readonly ChecklistItem[] {
  const ticked = byOrder(items).get(order);
  return items.map((item) => (item === ticked ? { ...item, checked } : item));
}

/**
 * Who ticked which item off and when: items that stay as they are keep it, what is ticked otherwise was ticked by this event. On an order that is not open
 * nothing is ticked anew, so that a tick stays with its item also where the text of that is corrected; but a list that was said by the command that reopens
 * the order is an open order's.
 */
export function ticksAfter(
  before: WorkOrder,
  details: WorkOrderDetails,
  event: WorkOrderEvent,
): Pick<WorkOrder, 'ticks' | 'listSaidClosed'> {
  const { ticks, listSaidClosed: said, phase, revision } = before;
  if (event.type === 'WorkOrderReopened') {
    const isSaidWithIt = said && said.revision > revision - placeInAppend(event);
    return { ticks: isSaidWithIt ? said.ticks : ticks, listSaidClosed: null };
  }
  // Most events leave the list as it is.
  if (details['checklist'] === before.details['checklist']) return { ticks, listSaidClosed: said };
  const open = ticked(before, checklistIn(details), event, true);
  if (phase === 'open') return { ticks: open, listSaidClosed: null };
  return { ticks: ticked(before, checklistIn(details), event, false), listSaidClosed: { revision: revision + 1, ticks: open } };
}

function ticked({ ticks, details }: WorkOrder, now: readonly ChecklistItem[], event: Event, isOpen: boolean): Ticks {
  const known = byOrder(checklistIn(details));
  const stamp = stampOf(event);
  const after: Record<number, Stamp> = {};
  for (const [order, item] of byOrder(now)) {
    const before = known.get(order);
    const isKept = sameJson(before, item) || (!isOpen && before?.checked);
    const tick = isKept ? ticks[order] : stamp;
    if (item.checked && tick) after[order] = tick;
  }
  return after;
}

import type { WorkOrderFields } from './work-order.fields.js';

/** An item without an order stands where it stands in the list; one that says nothing is not checked. */
export function withWholeChecklist(input: Partial<WorkOrderFields>): Partial<WorkOrderFields> {
  const checklist = input.checklist?.map(({ text, order, checked }, index) => ({
    text,
    order: order ?? index + 1,
    checked: checked ?? false,
  }));
  return checklist ? { ...input, checklist } : input;
}

/** A new order with what it has where nobody says anything (S60). */
export const begun = (input: Partial<WorkOrderFields>): Partial<WorkOrderFields> => ({
  ...input,
  type: input.type ?? 'reactive',
  notify_vendors_on_create: input.notify_vendors_on_create ?? 'no',
  notify_vendors_on_update: input.notify_vendors_on_update ?? 'no',
});

import type { WorkOrderFields } from './work-order.fields.js';

/** An item without an order stands where it stands in the list; one that says nothing is not checked. */
export function withWholeChecklist(input: Partial<WorkOrderFields>): object {
  const checklist = input.checklist?.map(({ text, order, checked }, index) => ({
    text,
    order: order ?? index + 1,
    checked: checked ?? false,
  }));
  return checklist ? { ...input, checklist } : input;
}

import { isAnswered, type AnsweredItem } from './procedures.js';

/** How many steps of an order are done, and how many there are. */
export type WorkProgress = Readonly<{ done: number; all: number }>;

/** Ticked items of the checklist and answered required items of the procedures, of all of these (S46). */
export function workProgress(checklist: readonly Readonly<{ checked: boolean }>[], items: readonly AnsweredItem[]): WorkProgress {
  const required = items.filter(({ options }) => options.required);
  const done = checklist.filter(({ checked }) => checked).length + required.filter(isAnswered).length;
  return { done, all: checklist.length + required.length };
}

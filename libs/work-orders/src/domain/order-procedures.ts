import { Rejection, type Detail } from '#millwright/event-sourcing/decider';
import type { AnswerValue, ProcedureAdded } from './procedure.events.js';
import { contentAfter, isAnswered, isComplete, type AnsweredItem } from './procedures.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { beingCompleted, closed, requireInUse, type WorkOrder } from './work-order.state.js';

/** A template as it is now, under the id that its copy would have. */
export type TemplateCopy = ProcedureAdded['data'];

/**
 * Has an order follow these templates and no others: procedures whose template stays are kept as they are.
 * @throws Rejection PROCEDURE_ANSWERED (with its id) one that would go has answers; CONFLICT a completion is running
 */
export function followTemplates(order: WorkOrder, wanted: readonly TemplateCopy[]): WorkOrderEvent[] {
  const stays = new Set(wanted.map(({ procedureTemplateId }) => procedureTemplateId));
  const there = new Set([...order.procedures.values()].map(({ procedureTemplateId }) => procedureTemplateId));
  const gone = [...order.procedures].filter(([, { procedureTemplateId }]) => !stays.has(procedureTemplateId));
  const added = wanted.filter(({ procedureTemplateId }) => !there.has(procedureTemplateId));
  if (gone.length + added.length === 0) return [];
  if (order.phase === 'completing') throw beingCompleted();
  for (const [id, { name }] of gone)
    if (order.procedureContents.get(id)?.items.some(isAnswered))
      throw new Rejection('PROCEDURE_ANSWERED', `Procedure ${id} (${name}) has answers; take them back before it goes.`, [], { id });
  return [
    ...gone.map(([procedureId]): WorkOrderEvent => ({ type: 'ProcedureRemoved', data: { procedureId } })),
    ...added.map((copy): WorkOrderEvent => ({ type: 'ProcedureAdded', data: copy })),
  ];
}

/** What a request says of an item, at its place of the list. */
export type SaidAnswer = Readonly<{ item_id: number; value?: unknown }>;

/** Says what is kept of a value that a request says of an item, or what is wrong with it. */
export type AnswerForm = (
  item: AnsweredItem,
  value: unknown,
) => Readonly<{ value: AnswerValue }> | Readonly<{ problem: Omit<Detail, 'field'> }>;

export type AnswerProcedure = Readonly<{ procedureId: number; answers: readonly SaidAnswer[]; form: AnswerForm }>;

/**
 * Answers items of a procedure, all of them or none. What is answered so already appends nothing; a signature is given anew.
 * @throws Rejection NOT_FOUND also of the procedure; CONFLICT archived, or a completion is running; WORK_ORDER_CLOSED; VALIDATION_FAILED by the form
 */
export function answerProcedure(order: WorkOrder, { procedureId, answers, form }: AnswerProcedure): WorkOrderEvent[] {
  requireInUse(order);
  const before = order.procedureContents.get(procedureId);
  if (!before) throw new Rejection('NOT_FOUND', 'There is no such procedure on this work order.');
  if (order.phase === 'completing') throw beingCompleted();
  if (order.phase !== 'open') throw closed('The work order is closed; reopen it before its procedures are answered.');
  const events: WorkOrderEvent[] = [];
  let content = before;
  for (const [itemId, value] of answersMeant(before.items, answers, form)) {
    const known = content.items.find(({ id }) => id === itemId);
    if (JSON.stringify(known?.value) === JSON.stringify(value)) continue;
    const answered = { type: 'ProcedureItemAnswered', data: { procedureId, itemId, value, isComplete: false } } as const;
    content = contentAfter(content, answered);
    events.push({ ...answered, data: { ...answered.data, isComplete: isComplete(content.items) } });
  }
  return events;
}

/** @throws Rejection VALIDATION_FAILED everything that is wrong, by its place in the request */
function answersMeant(items: readonly AnsweredItem[], answers: readonly SaidAnswer[], form: AnswerForm): Map<number, AnswerValue> {
  const details: Detail[] = [];
  const meant = new Map<number, AnswerValue>();
  for (const [place, { item_id, value }] of answers.entries()) {
    const at = (field: keyof SaidAnswer, problem: Omit<Detail, 'field'>): unknown =>
      details.push({ field: `answers.${place}.${field}`, ...problem });
    const item = items.find(({ id }) => id === item_id);
    if (!item) at('item_id', { code: 'not_found', message: `there is no item ${item_id} in this procedure` });
    else if (meant.has(item_id)) at('item_id', { code: 'not_unique', message: 'must not name an item that this request names already' });
    else {
      const found = form(item, value);
      if ('problem' in found) at('value', found.problem);
      meant.set(item_id, 'problem' in found ? null : found.value);
    }
  }
  const [first] = details;
  if (first) throw new Rejection('VALIDATION_FAILED', `${first.field}: ${first.message}`, details);
  return meant;
}

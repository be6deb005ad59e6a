import { Map as PersistentMap } from 'immutable';
import { Rejection, stampOf, type Detail, type Stamp } from '#millwright/event-sourcing/decider';
import { toValue } from '#millwright/quantities';
import type { AnswerValue, ProcedureAdded, ProcedureEvent, ProcedureItem, ProcedureItemAnswered, Signature } from './procedure.events.js';

/** What an order shows of a procedure: `completedAt` is when nothing of it was open any more. */
export type Procedure = Readonly<{ procedureTemplateId: number; name: string; completedAt: string | null }>;

/** What was answered, and by whom when; both are null where that is no answer. */
export type GivenAnswer = Readonly<{ value: AnswerValue; answeredAt: string | null; answeredBy: Stamp['by'] | null }>;

/** An item with what was answered. */
export type AnsweredItem = ProcedureItem & GivenAnswer;

export type ProcedureContent = Readonly<{ description: string | null; items: readonly AnsweredItem[] }>;

/** The procedures of an order by their ids, and apart from them what no row of orders depends on. */
export type Procedures = Readonly<{
  procedures: PersistentMap<number, Procedure>;
  procedureContents: PersistentMap<number, ProcedureContent>;
}>;

export const noProcedures: Procedures = { procedures: PersistentMap(), procedureContents: PersistentMap() };

/** The procedures of an order after one more event. */
export function proceduresAfter({ procedures, procedureContents }: Procedures, event: ProcedureEvent): Procedures {
  const { type, data } = event;
  const { procedureId: id } = data;
  switch (type) {
    case 'ProcedureAdded':
      return {
        procedures: procedures.set(id, { procedureTemplateId: data.procedureTemplateId, name: data.name, completedAt: null }),
        procedureContents: procedureContents.set(id, contentOf(data)),
      };
    case 'ProcedureRemoved':
      return { procedures: procedures.remove(id), procedureContents: procedureContents.remove(id) };
    case 'ProcedureItemAnswered': {
      const [procedure, content] = [procedures.get(id), procedureContents.get(id)];
      return {
        procedures: procedure
          ? procedures.set(id, { ...procedure, completedAt: completedAfter(procedure.completedAt, event) })
          : procedures,
        procedureContents: content ? procedureContents.set(id, contentAfter(content, event)) : procedureContents,
      };
    }
  }
}

export const contentOf = ({ description, items }: ProcedureAdded['data']): ProcedureContent => ({
  description,
  items: items.map((item) => ({ ...item, value: null, answeredAt: null, answeredBy: null })),
});

export function contentAfter(content: ProcedureContent, event: ProcedureItemAnswered): ProcedureContent {
  const items = content.items.map((item) => (item.id === event.data.itemId ? { ...item, ...answerGiven(item, event) } : item));
  return { ...content, items };
}

/** What an event has an item be answered with. */
export function answerGiven(item: Pick<ProcedureItem, 'itemType'>, event: ProcedureItemAnswered): GivenAnswer {
  const { value } = event.data;
  const stamp = isAnswer(item, value) ? stampOf(event) : undefined;
  return { value, answeredAt: stamp?.at ?? null, answeredBy: stamp?.by ?? null };
}

/** It was complete from the first moment on at which nothing was open, until an answer is taken back. */
export const completedAfter = (before: string | null, event: ProcedureItemAnswered): string | null =>
  event.data.isComplete ? (before ?? stampOf(event)?.at ?? null) : null;

/** Whether a value says anything: an empty text, an empty list and a box that is not checked do not (S35). */
export function isAnswer({ itemType }: Pick<ProcedureItem, 'itemType'>, value: AnswerValue): boolean {
  if (typeof value === 'string') return value.trim() !== '';
  if (typeof value === 'boolean') return value || itemType !== 'checkbox';
  return value !== null && !(Array.isArray(value) && value.length === 0);
}

export const isSignature = (value: AnswerValue): value is Signature => typeof value === 'object' && value !== null && 'signature' in value;

export const isAnswered = (item: AnsweredItem): boolean => isAnswer(item, item.value);

/** The items that must be answered and are not. */
export const openItems = (items: readonly AnsweredItem[]): readonly AnsweredItem[] =>
  items.filter((item) => item.options.required && !isAnswered(item));

/** Whether every required item is answered or, where none is required, every item but headings (S35); never where nothing is asked. */
export function isComplete(items: readonly AnsweredItem[]): boolean {
  const asked = items.filter(({ itemType }) => itemType !== 'heading');
  const required = asked.filter(({ options }) => options.required);
  return asked.length > 0 && (required.length > 0 ? required : asked).every(isAnswered);
}

/** Whether a number lies beyond the limits of its item: it is taken, and flagged. */
export function isOutOfRange({ itemType, options: { min, max }, value }: AnsweredItem): boolean {
  if (itemType !== 'number' || typeof value !== 'string') return false;
  const number = toValue(value);
  return (min !== undefined && number < toValue(min)) || (max !== undefined && number > toValue(max));
}

/** @throws Rejection PROCEDURE_INCOMPLETE naming each item that must be answered and is not (S55) */
export function refuseOpenItems({ procedureContents }: Procedures): void {
  const details = [...procedureContents].flatMap(([id, { items }]) =>
    openItems(items).map((item): Detail => ({
      field: `procedures.${id}.items.${item.id}`,
      code: 'required',
      message: `must be answered: ${item.name}`,
    })),
  );
  if (details.length === 0) return;
  const all = details.length === 1 ? 'One required item' : `${details.length} required items`;
  throw new Rejection('PROCEDURE_INCOMPLETE', `${all} of its procedures must be answered before the work order is completed.`, details);
}

import { answerProcedure, followTemplates, type AnswerForm, type SaidAnswer, type TemplateCopy } from '../domain/order-procedures.js';
import type { AnswerValue, ProcedureItem } from '../domain/procedure.events.js';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import type { WorkOrder } from '../domain/work-order.state.js';

type Step = (order: WorkOrder) => readonly WorkOrderEvent[];

export const item = (id: number, itemType: string, options: ProcedureItem['options'] = {}): ProcedureItem => ({
  id,
  templateItemId: id + 100,
  name: `Item ${id}`,
  index: id,
  itemType,
  options,
});

/** A copy of a template under the id 70 + that of the template. */
export const copyOf = (procedureTemplateId: number, ...items: readonly ProcedureItem[]): TemplateCopy => ({
  procedureId: procedureTemplateId + 70,
  procedureTemplateId,
  name: `Template ${procedureTemplateId}`,
  description: null,
  items,
});

export const following =
  (...copies: readonly TemplateCopy[]): Step =>
  (order) =>
    followTemplates(order, copies);

/** Takes every value as it comes. */
export const anyForm: AnswerForm = (_, value) => ({ value: value as AnswerValue });

export const answered =
  (procedureId: number, ...answers: readonly SaidAnswer[]): Step =>
  (order) =>
    answerProcedure(order, { procedureId, answers, form: anyForm });

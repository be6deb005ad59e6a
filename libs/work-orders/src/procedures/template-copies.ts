import { Rejection, type Detail, type IdSequence, type Row } from '#millwright/event-sourcing';
import type { Child } from '#millwright/fields';
import { referenceTarget, type ReferenceServices } from '#millwright/resources';
import type { TemplateCopy } from '../domain/order-procedures.js';

/** Procedures are numbered across all work orders. */
export const procedureIds = { name: 'procedure', field: 'procedureId' } as const satisfies IdSequence;

/**
 * Copies templates as they are at this moment, for a work order to follow. One that does not exist is left out: whoever names it is refused for that.
 */
export async function copiesOf(templateIds: readonly number[], services: ReferenceServices): Promise<readonly TemplateCopy[]> {
  const copies: TemplateCopy[] = [];
  for (const id of templateIds) {
    const template = await referenceTarget('procedure_template').find(id, services);
    if (template) copies.push(copyOf(template, await services.events.nextId(procedureIds.name)));
  }
  return copies;
}

/**
 * For what begins an order with all that it has in one event of another stream (a conversion, an alarm): where that is too large, its templates are named, which
 * an order that is there takes one by one.
 */
export const namingTemplates =
  (templates: readonly TemplateCopy[] | undefined) =>
  (failure: unknown): never => {
    if (!(failure instanceof Rejection) || failure.code !== 'EVENT_TOO_LARGE' || !templates?.length) throw failure;
    const message = 'are more than the order can begin with; open it without them, and name them in a change of it';
    const detail: Detail = { field: 'work_order.procedure_template_ids', code: 'too_many', message };
    throw new Rejection(failure.code, `${detail.field} ${message}`, [detail]);
  };

const copyOf = ({ id, name, description, items }: Row, procedureId: number): TemplateCopy => ({
  procedureId,
  procedureTemplateId: Number(id),
  name: String(name),
  description: (description ?? null) as string | null,
  items: [...((items ?? []) as readonly Child[])]
    .sort((left, right) => Number(left['index']) - Number(right['index']) || left.id - right.id)
    .map((item, place) => ({
      id: place + 1,
      templateItemId: item.id,
      name: String(item['name']),
      index: Number(item['index']),
      itemType: String(item['item_type']),
      options: item['options'] ?? {},
    })),
});

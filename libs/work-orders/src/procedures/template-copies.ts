import { Rejection, type Detail, type IdSequence, type Row } from '#millwright/event-sourcing';
import type { Child } from '#millwright/fields';
import { referenceTarget, type ReferenceServices } from '#millwright/resources';
import type { TemplateCopy } from '../domain/order-procedures.js';

/** Procedures are numbered across all work orders. */
export const procedureIds = {
  name: 'procedure',
  field: 'procedureId',
  inside: ['order.templates.procedureId', 'procedures.procedureId'],
} as const satisfies IdSequence;

/** So are their items, which stand in the event that adds them and, before it, in a conversion or an alarm that begins the order with them. */
export const procedureItemIds = {
  name: 'procedure_item',
  inside: ['items.id', 'order.templates.items.id', 'procedures.items.id'],
} as const satisfies IdSequence;

/**
 * Copies templates as they are at this moment, for a work order to follow. One that does not exist is left out: whoever names it is refused for that.
 */
export async function copiesOf(templateIds: readonly number[], services: ReferenceServices): Promise<readonly TemplateCopy[]> {
  const copies: TemplateCopy[] = [];
  for (const id of templateIds) {
    const template = await referenceTarget('procedure_template').find(id, services);
    if (template) copies.push(await copyOf(template, services));
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

async function copyOf({ id, name, description, items }: Row, { events }: Pick<ReferenceServices, 'events'>): Promise<TemplateCopy> {
  const procedureId = await events.nextId(procedureIds.name);
  const inOrder = [...((items ?? []) as readonly Child[])].sort(
    (left, right) => Number(left['index']) - Number(right['index']) || left.id - right.id,
  );
  const copied: TemplateCopy['items'][number][] = [];
  for (const item of inOrder)
    copied.push({
      id: await events.nextId(procedureItemIds.name),
      templateItemId: item.id,
      name: String(item['name']),
      index: Number(item['index']),
      itemType: String(item['item_type']),
      options: item['options'] ?? {},
    });
  return {
    procedureId,
    procedureTemplateId: Number(id),
    name: String(name),
    description: (description ?? null) as string | null,
    items: copied,
  };
}

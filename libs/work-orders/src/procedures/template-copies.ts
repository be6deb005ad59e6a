import { Injectable } from '@nestjs/common';
import { EventStore, type IdSequence, type Row } from '#millwright/event-sourcing';
import type { Child } from '#millwright/fields';
import { referenceTarget, RelatedRecords } from '#millwright/resources';
import type { TemplateCopy } from '../domain/order-procedures.js';

/** Procedures are numbered across all work orders. */
export const procedureIds = { name: 'procedure', field: 'procedureId' } as const satisfies IdSequence;

/** Copies templates as they are at this moment, for a work order to follow. */
@Injectable()
export class TemplateCopies {
  constructor(
    private readonly events: EventStore,
    private readonly related: RelatedRecords,
  ) {}

  /** Undefined where nothing is said of templates. One that does not exist is left out: whoever names it is refused for that. */
  async of(templateIds: readonly number[] | null | undefined): Promise<readonly TemplateCopy[] | undefined> {
    if (templateIds === undefined) return undefined;
    const copies: TemplateCopy[] = [];
    for (const id of templateIds ?? []) {
      const template = await referenceTarget('procedure_template').find(id, this.related.services);
      if (template) copies.push(copyOf(template, await this.events.nextId(procedureIds.name)));
    }
    return copies;
  }
}

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

import { Injectable } from '@nestjs/common';
import type { Detail } from '#millwright/event-sourcing';
import { camelCase, fieldsOf } from '#millwright/fields';
import { ReferenceChecks, storedValues } from '#millwright/resources';
import { withWholeChecklist } from '#millwright/work-orders';
import type { WorkOrderTemplate } from './domain/pm-schedule.events.js';
import type { PmScheduleFields } from './pm-schedule.fields.js';
import { templateFields, TemplatePartInput, unsaid } from './template-work-order.fields.js';

const root = 'pm_schedule.template_work_order';

/** What a request says of a template: the fields that it gives, under their names in events, and what they refer to in vain. */
export type TemplateInput = Readonly<{ template: Partial<WorkOrderTemplate>; problems: Detail[] }>;

/** Reads what requests say of templates. */
@Injectable()
export class TemplateInputs {
  constructor(private readonly references: ReferenceChecks) {}

  /** @param before the template so far: what it names already may meanwhile be archived */
  async of({ template_work_order: said }: Partial<PmScheduleFields>, before?: WorkOrderTemplate): Promise<TemplateInput> {
    if (!said) return { template: {}, problems: [] };
    const { part_assignments: parts, procedure_template_ids: _, ...fields } = said;
    const values = storedValues(templateFields, withWholeChecklist(fields), {});
    const template = Object.fromEntries(
      templateFields.flatMap(({ stored }) =>
        stored && stored.name in values ? [[camelCase(stored.name), values[stored.name] ?? unsaid(stored)] as const] : [],
      ),
    );
    const named = Object.fromEntries(
      templateFields.flatMap(({ stored }) => (stored ? [[stored.name, before?.[camelCase(stored.name)]]] : [])),
    );
    const problems = [...doubleOrders(values['checklist']), ...(await this.references.problems(root, templateFields, values, named))];
    if (parts === undefined) return { template, problems };
    const assignments = parts ?? [];
    return {
      template: { ...template, partAssignments: assignments.map(({ part_id, quantity }) => ({ partId: part_id, quantity })) },
      problems: [...problems, ...(await this.problemsOfParts(assignments, before))],
    };
  }

  private async problemsOfParts(parts: readonly TemplatePartInput[], before?: WorkOrderTemplate): Promise<Detail[]> {
    const known = { part_id: before?.partAssignments.map(({ partId }) => partId) };
    const problems = await Promise.all(
      parts.map(async ({ part_id }, place): Promise<Detail[]> => {
        const at = `${root}.part_assignments.${place}`;
        if (parts.findIndex((other) => other.part_id === part_id) < place)
          return [{ field: `${at}.part_id`, code: 'not_unique', message: 'names a part twice' }];
        return this.references.problems(at, fieldsOf(TemplatePartInput), { part_id }, known);
      }),
    );
    return problems.flat();
  }
}

/** An order takes no checklist with two items in one place. */
function doubleOrders(checklist: unknown): Detail[] {
  const orders = ((checklist ?? []) as readonly Readonly<{ order: number }>[]).map(({ order }) => order);
  return orders.flatMap((order, place): Detail[] =>
    orders.indexOf(order) < place
      ? [{ field: `${root}.checklist.${place}.order`, code: 'not_unique', message: 'must not be that of another item' }]
      : [],
  );
}

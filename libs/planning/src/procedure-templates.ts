import { Children, Name, Shown, Text, type Related } from '#millwright/fields';
import type { Row } from '#millwright/event-sourcing';
import { defineRecord } from '#millwright/resources';
import { ShownAssignmentCount } from './assignment-count.js';
import { itemsWithSuitingOptions, refuseWhatNoOrderCouldCopy } from './domain/template-items.js';
import { ProcedureTemplateItemFields } from './template-items.fields.js';

class ProcedureTemplateFields {
  @Name({ description: 'What people call it.', required: true, example: 'Building Maintenance Audit' }) name!: string;
  @Text({
    description: 'What it is for, up to 10,000 characters.',
    max: 10_000,
    example: 'Inspection to identify maintenance needs and safety issues',
  })
  description?: string | null;
  @Children(ProcedureTemplateItemFields, {
    name: 'procedure_template_item',
    orderedBy: 'index',
    rule: itemsWithSuitingOptions,
    only: 'full',
    description: 'What is to happen to its items: those that are not named stay. At most 100.',
  })
  items?: ProcedureTemplateItemFields[] | null;
}

const person = {
  type: 'object',
  properties: { id: { type: 'integer' }, name: { type: 'string' }, surname: { type: 'string', nullable: true } },
};

const named = (row: Row, related: Related, column: string): unknown => related.label('user', row[column], ['id', 'name', 'surname']);

class ProcedureTemplateFigures {
  @ShownAssignmentCount() assignment_count!: object;
  @Shown(person, (row, _figures, related) => named(row, related, 'created_by'), { only: 'row', as: 'created_by' }) author!: object;
  @Shown(person, (row, _figures, related) => named(row, related, 'updated_by'), { only: 'row', as: 'updated_by' }) editor!: object;
}

/** Orders copy what it says when they name it; what is changed later reaches none of them. */
export const procedureTemplates = defineRecord({
  name: 'procedure_template',
  plural: 'procedure_templates',
  fields: ProcedureTemplateFields,
  shown: ProcedureTemplateFigures,
  description: 'What is to be asked and noted whenever work of a kind is done. A work order copies its items when it names it.',
  scope: 'entity',
  history: true,
  people: { as: 'ids' },
  search: ['name', 'description'],
  rules: {
    register: refuseWhatNoOrderCouldCopy,
    change: ({ values }, changes) => refuseWhatNoOrderCouldCopy({ ...values, ...changes }),
  },
});

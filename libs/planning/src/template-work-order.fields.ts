import { InputType } from '@nestjs/graphql';
import { allKnown, type Row } from '#millwright/event-sourcing';
import {
  camelCase,
  defineField,
  idField,
  NestedList,
  Quantity,
  Reference,
  References,
  type FieldDefinition,
  type InputField,
  type Related,
  type StoredFacet,
} from '#millwright/fields';
import type { PartRow } from '#millwright/inventory';
import { defineShownType, Printer } from '#millwright/resources';
import { begun, estimatedLine, partAssignment, workOrderFields } from '#millwright/work-orders';
import type { WorkOrderTemplate } from './domain/pm-schedule.events.js';

/** What each order of a schedule gets from its occurrence, and what only a single order can have (S45). */
const notOfTemplates: ReadonlySet<string> = new Set([
  'status_id',
  'completed_at',
  'due_date',
  'type',
  'work_order_request_id',
  'dedup_key',
  'external_reference',
  // A template names its records by their numbers.
  'asset',
  'technicians_emails',
  // They are the schedule's own, and are shown there.
  'procedure_template_ids',
]);

/** The fields of a work order that a template takes, as work orders have them: one more there is one more here. */
export const templateFields: readonly InputField[] = workOrderFields.input
  .filter(({ name }) => !notOfTemplates.has(name))
  .map((field) => {
    const { presence } = field.input;
    return { ...field, input: { ...field.input, presence: presence === 'required' ? 'not null' : presence } };
  });

@InputType({ description: 'A part that each order is to have.' })
export class TemplatePartInput {
  @Reference('part', { required: true, example: 52 }) part_id!: number;
  @Quantity({ required: true, moreThan: '0', description: 'How many.', example: 2 }) quantity!: string;
}

/** What each order of a schedule is opened with. In an update, what is left out stays, and lists are replaced. */
export class TemplateWorkOrderInput {
  @References('procedure_template', {
    description: 'The same as those of the schedule: only one of the two may be given.',
    max: 100,
    repeats: 'refused',
  })
  procedure_template_ids?: number[] | null;
  @NestedList(() => TemplatePartInput, { description: 'The parts that each order is to have.' })
  part_assignments?: TemplatePartInput[] | null;
}
for (const field of templateFields) defineField(TemplateWorkOrderInput, field);
InputType('TemplateWorkOrderInput', {
  description: 'What each order of a schedule is opened with: fields of a work order, and its parts.',
})(TemplateWorkOrderInput);

const begunWith: ReadonlyMap<string, unknown> = new Map(Object.entries(begun({})));

/** What the orders of a template have in a field of which it says nothing. */
export const unsaid = ({ name, initial }: StoredFacet): unknown => initial ?? begunWith.get(name) ?? null;

/** A template as it is shown: also with what its orders have where it says nothing. */
export function completeTemplate(template: WorkOrderTemplate): WorkOrderTemplate {
  const stored = templateFields.flatMap((field) => field.stored ?? []);
  return {
    ...template,
    ...Object.fromEntries(stored.map((field) => [camelCase(field.name), template[camelCase(field.name)] ?? unsaid(field)])),
  };
}

/** The template of a schedule's row, as a row of its own: its times and people are the schedule's. */
export function templateRow(schedule: Row): Row {
  const { template_work_order, template_work_order_id, created_at, updated_at, created_by_id, updated_by_id } = schedule;
  const { partAssignments, ...fields } = completeTemplate(template_work_order as WorkOrderTemplate);
  const row: Row = {
    id: template_work_order_id,
    part_assignments: partAssignments,
    created_at,
    updated_at,
    created_by_id,
    updated_by_id,
  };
  for (const { stored } of templateFields) if (stored) row[stored.name] = fields[camelCase(stored.name)];
  return row;
}

/** The parts with what they would cost today; one that is not there any more is left out. */
async function partLines({ part_assignments }: Row, related: Related): Promise<Row[]> {
  const lines = await allKnown(
    (part_assignments as WorkOrderTemplate['partAssignments']).map(async ({ partId, quantity }): Promise<Row[]> => {
      const found = (await related.row('part', partId)) as PartRow | undefined;
      return found ? [estimatedLine(found, quantity)] : [];
    }),
  );
  return lines.flat();
}

const parts: FieldDefinition = {
  name: 'part_assignments',
  description: 'The parts that each order is to have, at what they would cost today.',
  printed: {
    name: 'part_assignments',
    openApi: { type: () => [partAssignment.type] },
    only: 'full',
    print: async (row, related) => allKnown((await partLines(row, related)).map((line) => partAssignment.print(line, related))),
  },
  output: { name: 'part_assignments', type: () => [partAssignment.type], nullable: false, resolve: partLines },
};

/** What a work order shows beside its fields that a template has, too. */
const ofEveryResource = ['images', 'documents', 'created_at', 'updated_at', 'created_by_id', 'updated_by_id'];

class TemplateWorkOrderFields {}
const names = new Set([...templateFields.map(({ name }) => name), ...ofEveryResource]);
const { input: _, ...numbered } = idField;
for (const { input: _said, ...field } of [
  numbered,
  parts,
  ...workOrderFields.all.filter(({ name }) => names.has(name)),
] as FieldDefinition[])
  defineField(TemplateWorkOrderFields, field);

export const templateWorkOrder = defineShownType(
  'TemplateWorkOrder',
  TemplateWorkOrderFields,
  'What each order of a schedule is opened with.',
);

const printer = new Printer(templateWorkOrder.fields);

/** The same in a row of a list. */
export const listedTemplate = printer.answerClass('TemplateWorkOrderListRow', 'row');
export const printListed = (row: Row, related: Related): object => printer.print(row, 'row', related);

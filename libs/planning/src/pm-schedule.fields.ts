import { defineField, Instant, InstantOrDay, Integer, Integers, Name, OneOf, Quantity, References, Shown, ShownFlag, ShownInstant, ShownInteger, ShownOneOf, ShownReference, ShownText, type Class } from '#millwright/fields'; // prettier-ignore
import { outputTypeOf, resourceFields } from '#millwright/resources';
import { asSeen } from './orders-seen.js';
import * as choices from './pm-schedule.choices.js';
import { printProgression, progression } from './progression.js';
import { listedTemplate, printListed, templateRow, templateWorkOrder, TemplateWorkOrderInput } from './template-work-order.fields.js';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What each order is opened with. In the event and in the row it is a group of its own, which the decider merges. */
const Template = (): PropertyDecorator => (target, property) =>
  defineField(target.constructor as Class, {
    name: String(property),
    description: 'What each order is opened with; in an update, what is left out of it stays.',
    input: {
      presence: 'not null',
      nested: { type: () => TemplateWorkOrderInput, each: false },
      check: (value) => (isObject(value) ? undefined : { code: 'not_an_object', message: 'must be an object' }),
      graphql: () => TemplateWorkOrderInput,
      openApi: { type: () => TemplateWorkOrderInput },
    },
    output: { name: String(property), type: () => templateWorkOrder.type, nullable: false, resolve: templateRow },
  });

const integer = { type: 'integer' };
const person = { type: 'object', properties: { id: integer, name: { type: 'string' }, surname: { type: 'string', nullable: true } } };
const personColumns = ['id', 'name', 'surname'];

/** What follows from its rule, its occurrences and their orders. */
export class PmScheduleFigures {
  @ShownText({ description: 'What people call it.', always: true, stored: true }) title!: string;
  @ShownOneOf(choices.scheduleStatuses, {
    description: 'Where it stands, by the orders that whoever asks sees.',
    always: true,
    stored: true,
    of: asSeen('status'),
  })
  status!: string;
  @ShownInstant({
    description:
      'Its next date; null where none is to come, while it is paused or its site is archived, and for a floating one while its last order is open.',
  })
  next_order_date!: string | null;
  @ShownInstant({ description: 'When the order of that date will be due.' }) next_due_date!: string | null;
  @ShownInteger({ description: 'How many dates got no order, but for those of a pause.', always: true }) skipped_count!: number;
  @ShownFlag({
    description: 'Whether it has ever raised an order that whoever asks sees.',
    always: true,
    stored: true,
    of: asSeen('has_work_orders'),
  })
  has_work_orders!: boolean;
  @ShownFlag({
    description: 'Whether an order of it that whoever asks sees is open.',
    always: true,
    stored: true,
    of: asSeen('has_uncompleted_wo'),
  })
  has_uncompleted_wo!: boolean;
  @Shown({ type: () => progression.type, nullable: true }, (row, _figures, related) => printProgression(row, related))
  progression!: object | null;
  @ShownReference('work_order', { description: 'The order that was raised last.' }) last_active_work_order_id!: number | null;
  @ShownText({
    description: 'What the order that was raised last is called.',
    of: async ({ last_active_work_order_id }, related) => (await related.shown('work_order', last_active_work_order_id))?.['title'] ?? null,
  })
  last_active_work_order_title!: string | null;
  @Shown({ type: () => templateWorkOrder.type }, (row, _figures, related) => templateWorkOrder.print(templateRow(row), related), {
    only: 'full',
    as: 'template_work_order',
  })
  whole_template!: object;
  @Shown({ type: () => listedTemplate }, (row, _figures, related) => printListed(templateRow(row), related), {
    only: 'row',
    as: 'template_work_order',
  })
  listed_template!: object;
  @Shown(person, ({ created_by_id }, _figures, related) => related.label('user', created_by_id, personColumns), {
    only: 'row',
    as: 'created_by',
  })
  creator!: object;
  @Shown(person, ({ updated_by_id }, _figures, related) => related.label('user', updated_by_id, personColumns), {
    only: 'row',
    as: 'updated_by',
  })
  updater!: object;
}

/** The templates of procedures, shown under the name that the samples have. */
const Procedures = (): PropertyDecorator => {
  const description = 'The procedures that each order follows, copied as they are when it is opened.';
  const [name, kind] = ['procedure_templates', 'procedure_template'];
  const label = { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } };
  return References(kind, {
    description,
    max: 100,
    repeats: 'refused',
    shown: {
      printed: {
        name,
        openApi: { type: 'array', items: label },
        only: 'full',
        print: ({ procedure_template_ids }, related) => related.labels(kind, procedure_template_ids, ['id', 'name']),
      },
      output: {
        name,
        type: () => [outputTypeOf('ProcedureTemplate')],
        nullable: false,
        description,
        resolve: ({ procedure_template_ids }, related) => related.rowsIn(kind, procedure_template_ids),
      },
    },
  });
};

export class PmScheduleFields {
  @Name({
    description: 'What people call it; left out, the title of its work orders.',
    blank: 'refused',
    max: 1000,
    example: 'Quarterly filter change',
  })
  title?: string | null;
  @OneOf(choices.scheduleTypes, { description: 'What its dates follow.', initial: 'persistent', example: 'persistent' }) type?:
    string | null;
  @Instant({
    description: 'Its first date. All have its time of day at the site, through daylight saving.',
    required: true,
    example: '2025-02-18T12:00:00.000Z',
  })
  start_date!: string;
  @InstantOrDay({ description: 'The last instant, or the last day at the site, that may have a date.', example: '2030-12-31' })
  end_date?: string | null;
  @Integer({ description: 'The number of its last date, raised or skipped.', atLeast: 1, atMost: 100_000 }) max_occurrences?: number | null;
  @Quantity({
    description: 'How many hours after its date an order is due; left out, at the date itself.',
    places: 2,
    atLeast: '0',
    atMost: '8760',
    example: 4,
  })
  time_to_complete?: string | null;
  @OneOf(choices.frequencies, { description: 'How often it is due.', initial: 'none', example: 'month' }) repeat_frequency?: string | null;
  @Integer({
    description: 'Every how many days, weeks, months or years, counted from that of `start_date`.',
    initial: 1,
    atLeast: 1,
    atMost: 1_000,
    example: 1,
  })
  repeat_interval?: number | null;
  @OneOf(choices.occurrenceRules, { description: 'What decides on the dates within them.', initial: 'every', example: 'custom' })
  repeat_occurrence?: string | null;
  @Integers({
    description: 'For weeks: 0 Sunday to 6 Saturday; empty, the day of `start_date`.',
    atLeast: 0,
    atMost: 6,
    example: [1],
  })
  on_week_days?: number[] | null;
  @Integers({
    description: 'For months and years: 1 to 12; empty, each month, or that of `start_date` in a year.',
    atLeast: 1,
    atMost: 12,
    example: [2, 7],
  })
  in_months?: number[] | null;
  @Integer({
    description: 'For months and years: a day that a month lacks is its last; left out, the day of `start_date`.',
    atLeast: 1,
    atMost: 31,
    example: 18,
  })
  on_month_day?: number | null;
  @OneOf(choices.whenUncompletedChoices, { description: 'What becomes of a date while the last order is open.', initial: 'raise' })
  when_uncompleted?: string | null;
  @OneOf(choices.catchUpChoices, { description: 'Which dates that were missed get an order.', initial: 'latest' }) catch_up?: string | null;
  @Quantity({
    description: 'How many hours before its date an order is opened.',
    places: 2,
    atLeast: '0',
    atMost: '8760',
    initial: '0',
  })
  lead_time_hours?: string | null;
  @Procedures() procedure_template_ids?: number[] | null;
  @Template() template_work_order?: TemplateWorkOrderInput;
}

export const pmScheduleFields = resourceFields({
  name: 'pm_schedule',
  fields: PmScheduleFields,
  shown: PmScheduleFigures,
  people: { as: 'ids', columns: ['created_by_id', 'updated_by_id'] },
});

import { InputType } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { AttachedFiles, Flag, inputField, Integer, Name, OneOf, Quantity, Text, Texts } from '#millwright/fields';
import { completeOptions, procedureItemOptions, procedureItemTypes } from '#millwright/work-orders';

/** As far as 15 significant digits reach with 6 decimals. */
const limits = { places: 6, atLeast: '-999999999.999999', atMost: '999999999.999999' };

@InputType({ description: 'What belongs to the answer of an item of a procedure.' })
export class ProcedureItemOptionsInput {
  @Texts({
    least: 2,
    description: 'What can be chosen: 2 to 100, for multiple_choice and checklist only.',
    example: ['Routine', 'Emergency'],
  })
  choices?: string[] | null;
  @Flag({ description: 'Whether it must be answered before the procedure is complete; not for a heading.' }) required?: boolean | null;
  @Text({ max: 50, description: 'What a number counts; for numbers only.', example: 'bar' }) unit?: string | null;
  @Quantity({ ...limits, description: 'A number below it is flagged; for numbers only.', example: 1.5 }) min?: string | null;
  @Quantity({ ...limits, description: 'A number above it is flagged; for numbers only.', example: 4 }) max?: string | null;
  @Text({ max: 2000, description: 'How to find the answer.' }) hint?: string | null;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What belongs to the answer of an item. A request says all of them, or none to leave them. Code: not_an_object, and those of its fields. */
const ItemOptions = (): PropertyDecorator =>
  inputField(
    {
      column: 'jsonb',
      check: (value) => (isObject(value) ? undefined : { code: 'not_an_object', message: 'must be an object' }),
      graphql: () => ProcedureItemOptionsInput,
      openApi: { type: () => ProcedureItemOptionsInput },
    },
    { initial: {}, description: 'What belongs to its answer; given, it takes the place of all that was there.' },
    (name, { input }) => ({
      input: { ...input, nested: { type: () => ProcedureItemOptionsInput, each: false } },
      printed: {
        name,
        openApi: { type: () => procedureItemOptions.type },
        print: (row, related) => procedureItemOptions.print(completeOptions(row[name]), related),
      },
      output: { name, type: () => procedureItemOptions.type, nullable: false, resolve: (row: Row) => completeOptions(row[name]) },
    }),
  );

/** What a procedure asks for, one after another. */
export class ProcedureTemplateItemFields {
  @Name({ required: true, max: 1000, description: 'What is asked.', example: 'Inspection Type' }) name!: string;
  @Integer({ description: 'Where it stands among the others; left out, behind them.', example: 1 }) index?: number | null;
  @OneOf(procedureItemTypes, { required: true, description: 'What it asks for.', example: 'multiple_choice' }) item_type!: string;
  @ItemOptions() options?: ProcedureItemOptionsInput | null;
  @AttachedFiles({ description: 'The pictures that are attached to it.', isSentBack: true }) images!: object[];
  @AttachedFiles({ description: 'The other files that are attached to it.', isSentBack: true }) documents!: object[];
}

import type { Row } from '#millwright/event-sourcing';
import { ShownFlag, ShownQuantity, ShownText, ShownTexts } from '#millwright/fields';
import type { Decimal } from '#millwright/quantities';
import { defineShownType } from '#millwright/resources';
import type { ProcedureItemOptions } from '../domain/procedure.events.js';

class ProcedureItemOptionsFields {
  @ShownTexts({ description: 'What can be chosen; none where nothing is to be.', always: true }) choices!: readonly string[];
  @ShownFlag({ description: 'Whether it must be answered before the procedure is complete.', always: true }) required!: boolean;
  @ShownText({ description: 'What a number counts.', example: 'bar' }) unit!: string | null;
  @ShownQuantity({ description: 'A number below it is flagged.' }) min!: Decimal | null;
  @ShownQuantity({ description: 'A number above it is flagged.' }) max!: Decimal | null;
  @ShownText({ description: 'How to find the answer.' }) hint!: string | null;
}

export const procedureItemOptions = defineShownType(
  'ProcedureItemOptions',
  ProcedureItemOptionsFields,
  'What belongs to the answer of an item of a procedure.',
);

/** Options as they are kept, with what is left out there. */
export const completeOptions = (options: unknown): Row => ({
  choices: [],
  required: false,
  unit: null,
  min: null,
  max: null,
  hint: null,
  ...(options as ProcedureItemOptions),
});

import { Rejection } from '#millwright/event-sourcing/decider';
import type { ChangedChildren, Child, Problem } from '#millwright/fields';
import { toValue } from '#millwright/quantities';
import type { RecordState } from '#millwright/resources';
import type { ProcedureItemOptions, ProcedureItemType } from '#millwright/work-orders';

/** Options as a request says them: null where something is not so. */
export type SaidItemOptions = Readonly<{ [Name in keyof ProcedureItemOptions]?: ProcedureItemOptions[Name] | boolean | null }>;

/** The rule of a template's items: options suit the type, and are kept without what is not so. */
export const itemsWithSuitingOptions = ({ after, saidOf, refuse }: ChangedChildren): readonly Child[] =>
  after.map((item) => {
    const said = saidOf(item);
    if (!said) return item;
    const options = optionsMeant(item['options'] as SaidItemOptions | undefined);
    const [option, problem] = problemOf(item['item_type'] as ProcedureItemType, options) ?? [];
    if (problem) refuse(said.place, `options.${option}`, problem);
    return { ...item, options };
  });

function optionsMeant(said: SaidItemOptions = {}): ProcedureItemOptions {
  const meant = Object.entries(said).filter(
    ([, value]) => value != null && value !== false && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(meant);
}

const chosen: readonly ProcedureItemType[] = ['multiple_choice', 'checklist'];

const elsewhere = (what: string): Problem => ({ code: 'not_for_item_type', message: `must be left out: ${what}` });

function problemOf(
  type: ProcedureItemType,
  options: ProcedureItemOptions,
): readonly [option: keyof ProcedureItemOptions, problem: Problem] | undefined {
  const { choices, min, max, required } = options;
  if (chosen.includes(type) && !choices) return ['choices', { code: 'required', message: 'must be given: there is nothing to choose' }];
  if (!chosen.includes(type) && choices) return ['choices', elsewhere('only multiple_choice and checklist have choices')];
  const ofNumber = (['unit', 'min', 'max'] as const).find((option) => options[option] !== undefined);
  if (type !== 'number' && ofNumber) return [ofNumber, elsewhere('only a number has it')];
  if (min !== undefined && max !== undefined && toValue(min) > toValue(max))
    return ['max', { code: 'out_of_range', message: 'must not be less than min' }];
  return type === 'heading' && required ? ['required', elsewhere('a heading takes no answer')] : undefined;
}

/**
 * Bytes that a template's name, description and items may take: copied to an order with two more numbers an item they are one event, which takes 65,535
 * in all.
 */
const mostBytes = 58_000;

/** @throws Rejection EVENT_TOO_LARGE an order could not copy it in one event */
export function refuseWhatNoOrderCouldCopy(values: RecordState['values']): void {
  const { name, description, items } = values;
  const bytes = Buffer.byteLength(JSON.stringify({ name, description, items }));
  if (bytes <= mostBytes) return;
  const field = 'procedure_template.items';
  const message = `would make the procedure template take ${bytes} bytes, and ${mostBytes} at most can be copied to a work order; say it in fewer words, or in two templates`;
  throw new Rejection('EVENT_TOO_LARGE', `${field} ${message}`, [{ field, code: 'too_many', message }]);
}

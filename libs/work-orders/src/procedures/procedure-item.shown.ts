import {
  shownField,
  ShownFlag,
  ShownId,
  ShownInstant,
  ShownInteger,
  ShownOneOf,
  ShownReference,
  ShownText,
  type Related,
} from '#millwright/fields';
import type { Row } from '#millwright/event-sourcing';
import { userIdOf } from '#millwright/access';
import { printed } from '#millwright/quantities';
import { defineShownType } from '#millwright/resources';
import type { AnswerValue, Signature } from '../domain/procedure.events.js';
import { isOutOfRange, isSignature, type AnsweredItem } from '../domain/procedures.js';
import { ShownAnswerValue } from './answer-value.js';
import { completeOptions, procedureItemOptions } from './item-options.shown.js';
import { procedureItemTypes } from './item-types.js';
import { signatories, signatureKey } from './signatures.js';

const ShownItemOptions = (): PropertyDecorator =>
  shownField(
    {
      column: 'jsonb',
      check: () => undefined,
      graphql: () => procedureItemOptions.type,
      openApi: { type: () => procedureItemOptions.type },
    },
    {
      description: 'What belongs to its answer.',
      always: true,
      of: ({ options }, related) => procedureItemOptions.print(completeOptions(options), related),
    },
  );

async function signedBy(value: Signature, { procedure_id, answered_at }: Row, related: Related): Promise<object> {
  return { name: await related.load(signatories, signatureKey(Number(procedure_id), value)), signed_at: answered_at };
}

function shownValue(row: Row, related: Related): unknown {
  const value = row['value'] as AnswerValue;
  if (isSignature(value)) return signedBy(value, row, related);
  return row['item_type'] === 'number' ? printed(value as string | null) : value;
}

class ProcedureItemFields {
  @ShownId({ always: true, description: 'The number by which it is answered.' }) id!: number;
  @ShownId({ always: true, description: 'The number of the item of the template that it was copied from.' }) template_item_id!: number;
  @ShownText({ description: 'What is asked.', always: true }) name!: string;
  @ShownInteger({ description: 'Where it stands among the others.', always: true }) index!: number;
  @ShownOneOf(procedureItemTypes, { description: 'What it asks for.', always: true }) item_type!: string;
  @ShownItemOptions() options!: object;
  @ShownAnswerValue({ description: 'What was answered; null while nothing was.', of: shownValue }) value!: unknown;
  @ShownFlag({ description: 'Whether the number lies beyond its limits.', always: true }) out_of_range!: boolean;
  @ShownInstant({ description: 'When it was answered; null while it is not.' }) answered_at!: string | null;
  @ShownReference('user', { description: 'Who answered it.', label: ['id', 'name', 'surname'] }) answered_by_id!: number | null;
}

export const procedureItem = defineShownType(
  'ProcedureItem',
  ProcedureItemFields,
  'What a procedure of a work order asks, and its answer; no other one gets its number, whichever procedure it is of.',
);

/** The items of a procedure in their order, as they are shown. */
export const shownItems = ({ id: procedure_id, items }: Row): Row[] =>
  [...(items as readonly AnsweredItem[])]
    .sort((left, right) => left.index - right.index || left.id - right.id)
    .map((item) => ({
      id: item.id,
      template_item_id: item.templateItemId,
      name: item.name,
      index: item.index,
      item_type: item.itemType,
      options: item.options,
      value: item.value,
      out_of_range: isOutOfRange(item),
      answered_at: item.answeredAt,
      answered_by_id: item.answeredBy && userIdOf(item.answeredBy),
      procedure_id,
    }));

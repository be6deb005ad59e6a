import { canonicalText, choiceProblem, instantFrom, plainDateProblem, textProblem, type Problem } from '#millwright/fields';
import { canonicalDecimal, decimalProblem } from '#millwright/quantities';
import type { AnswerForm } from '../domain/order-procedures.js';
import type { AnswerValue, ProcedureItem, Signature } from '../domain/procedure.events.js';
import { isSignature, type AnsweredItem } from '../domain/procedures.js';
import type { ProcedureItemType } from './item-types.js';

type Form = ReturnType<AnswerForm>;

const kept = (value: AnswerValue): Form => ({ value });
const unless = (problem: Problem | undefined, value: unknown): Form => (problem ? { problem } : kept(value as AnswerValue));

/** As far as 15 significant digits reach with 6 decimals. */
const numbers = { places: 6, atLeast: '-999999999.999999', atMost: '999999999.999999' };

function numberForm(value: unknown): Form {
  const number = canonicalDecimal(value);
  return unless(decimalProblem(number, numbers), number);
}

const flagForm = (value: unknown): Form =>
  unless(typeof value === 'boolean' ? undefined : { code: 'not_a_boolean', message: 'must be true or false' }, value);

const canonical = (value: unknown): unknown => (typeof value === 'string' ? canonicalText(value) : value);

function choiceForm({ options: { choices = [] } }: ProcedureItem, value: unknown): Form {
  const choice = canonical(value);
  return unless(choiceProblem(choice, choices), choice);
}

function choicesForm({ options: { choices = [] } }: ProcedureItem, value: unknown): Form {
  if (!Array.isArray(value)) return { problem: { code: 'not_a_list', message: 'must be a list of choices' } };
  const chosen = value.map(canonical);
  const stranger = chosen.map((choice) => choiceProblem(choice, choices)).find((problem) => problem !== undefined);
  if (stranger) return { problem: stranger };
  const twice = new Set(chosen).size < chosen.length;
  return unless(twice ? { code: 'not_unique', message: 'must not contain one choice twice' } : undefined, chosen);
}

/** Who signs; `signedAt` only where it is sent back as an answer showed it, and there alone may the name be one that was erased. */
export type Signatory = Readonly<{ name: string | null; signedAt: unknown }>;

/** Who signs, by a value; or what is wrong with it. */
export function signatoryIn(value: unknown): Signatory | Readonly<{ problem: Problem }> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: { code: 'not_an_object', message: 'must be an object with the name of whoever signs' } };
  const { name, signed_at: signedAt = null, ...more } = value as Readonly<{ name?: unknown; signed_at?: unknown }>;
  if (Object.keys(more).length > 0) return { problem: { code: 'unknown_field', message: 'must have a name and no more than is shown' } };
  if (name === undefined) return { problem: nameWanted };
  if (name === null && signedAt !== null) return { name, signedAt };
  const said = canonical(name);
  const problem = textProblem(said, { max: 200, required: true });
  return problem ? { problem } : { name: said as string, signedAt };
}

const nameWanted: Problem = { code: 'required', message: 'must have the name of whoever signs' };

/** What is known of signatures before the decision. */
export type KnownSignatures = Readonly<{
  /** Those that are given, by their items: the names are kept already. */
  given: ReadonlyMap<number, Signature>;
  /** Who has signed, by the signatures of items that are sent back; null where the name was erased. */
  names: ReadonlyMap<string, string | null>;
}>;

type Signed = Pick<AnsweredItem, 'value' | 'answeredAt'>;

const isOfThatMoment = ({ value, answeredAt }: Signed, { signedAt }: Signatory): boolean =>
  isSignature(value) && instantFrom(signedAt) === instantFrom(answeredAt);

/** Whether an item is signed so already: it is sent back as it was shown. */
export const isSentBack = (item: Signed, signatory: Signatory, names: KnownSignatures['names']): boolean =>
  isOfThatMoment(item, signatory) && isSignature(item.value) && names.get(item.value.signature) === signatory.name;

function signatureForm(item: AnsweredItem, value: unknown, { given, names }: KnownSignatures): Form {
  const signatory = signatoryIn(value);
  if ('problem' in signatory) return signatory;
  if (isSentBack(item, signatory, names)) return kept(item.value);
  if (signatory.signedAt !== null && !isOfThatMoment(item, signatory))
    return { problem: { code: 'never_changes', message: 'signed_at is left out, or sent back as it is shown' } };
  if (signatory.name === null) return { problem: nameWanted };
  const signature = given.get(item.id);
  if (!signature) throw new Error(`item ${item.id} was signed, and the name was not kept`);
  return kept(signature);
}

/** The form of every type of item (S34). */
export const answerForm =
  (signatures: KnownSignatures): AnswerForm =>
  (item, value) => {
    if (value === undefined) return { problem: { code: 'required', message: 'must be given; null takes an answer back' } };
    if (value === null) return kept(null);
    switch (item.itemType as ProcedureItemType) {
      case 'text':
        return unless(textProblem(value, { max: 20_000, required: false }), value);
      case 'number':
        return numberForm(value);
      case 'checkbox':
      case 'yes_no':
        return flagForm(value);
      case 'multiple_choice':
        return choiceForm(item, value);
      case 'checklist':
        return choicesForm(item, value);
      case 'date':
        return unless(plainDateProblem(value), value);
      case 'signature':
        return signatureForm(item, value, signatures);
      case 'photo':
        return { problem: { code: 'not_available_yet', message: 'cannot be answered before there are files; null is taken' } };
      case 'heading':
        return { problem: { code: 'takes_no_answer', message: 'belongs to a heading, which takes no answer' } };
    }
  };

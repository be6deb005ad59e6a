import type { Event } from '#millwright/event-sourcing/decider';
import type { Decimal } from '#millwright/quantities';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/** What belongs to the answer of an item; what is left out is not so. */
export type ProcedureItemOptions = Readonly<{
  choices?: readonly string[];
  required?: true;
  unit?: string;
  /** A number below it is out of range. */
  min?: Decimal;
  /** A number above it is out of range. */
  max?: Decimal;
  hint?: string;
}>;

/**
 * What is asked, as the template had it when it was copied. No other item of any procedure has its `id`, but in events of earlier releases, where items count
 * from 1 in each; `itemType` is one of `ProcedureItemType`.
 */
export type ProcedureItem = Readonly<{
  id: number;
  templateItemId: number;
  name: string;
  index: number;
  itemType: string;
  options: ProcedureItemOptions;
}>;

/** The items of a template were copied to the order: what is changed there later does not reach it. */
export type ProcedureAdded = Event<
  'ProcedureAdded',
  Readonly<{ procedureId: number; procedureTemplateId: number; name: string; description: string | null; items: readonly ProcedureItem[] }>
>;

/** A procedure was taken off the order again, of which nothing was answered. */
export type ProcedureRemoved = Event<'ProcedureRemoved', Readonly<{ procedureId: number }>>;

/**
 * Who signed. The name stands in `app.people`, as what `signature` (a UUID) names; `sha256` is that of the salt that lies beside it, followed by the name,
 * in hexadecimal.
 */
export type Signature = Readonly<{ signature: string; sha256: string }>;

/** An answer: a text, a choice or a plain date; a number as a canonical decimal; yes or no; some choices; or who signed. Null takes it back. */
export type AnswerValue = string | boolean | readonly string[] | Signature | null;

/** An item was answered, or its answer taken back; `isComplete` says whether that leaves nothing of its procedure open. */
export type ProcedureItemAnswered = Event<
  'ProcedureItemAnswered',
  Readonly<{ procedureId: number; itemId: number; value: AnswerValue; isComplete: boolean }>
>;

export type ProcedureEvent = ProcedureAdded | ProcedureRemoved | ProcedureItemAnswered;

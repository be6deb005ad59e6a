import type { Decimal } from '#millwright/quantities';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/** What an item of a procedure asks for. */
export type ProcedureItemType =
  'text' | 'number' | 'checkbox' | 'yes_no' | 'multiple_choice' | 'checklist' | 'date' | 'signature' | 'photo' | 'heading';

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

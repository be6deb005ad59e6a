import type { ValueTransformer } from 'typeorm';

/** A `bigint` column whose values are safe integers, like every id: a number in the entity, where the driver alone would give text. */
export const safeInteger: ValueTransformer = {
  to: (value: unknown) => value,
  from: (stored: string | null) => (stored === null ? null : Number(stored)),
};

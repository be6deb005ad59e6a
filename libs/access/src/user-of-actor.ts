import type { Actor } from '#millwright/event-sourcing';

/** The built-in user that stands for the bootstrap key, for process managers and for the system itself. */
export const builtInUserId = 1;

/**
 * Which user `created_by` and `updated_by` show for an actor. A client and a service account are nobody's: they have their own number, negated, which is
 * no user's and is shown nowhere (contract, part 4, S85).
 */
export function userIdOf({ kind, id }: Actor): number {
  if (kind === 'user') return Number(id);
  const number = Number(id);
  return (kind === 'client' || kind === 'service_account') && number > 0 ? -number : builtInUserId;
}

/** The number of a user as it is shown: null where a machine stands in for one. */
export const shownUserId = (id: unknown): unknown => (typeof id === 'number' && id < 0 ? null : (id ?? null));

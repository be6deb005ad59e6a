import type { Actor } from '#millwright/event-sourcing';

/** The built-in user that stands for the bootstrap key, for process managers and for the system itself. */
export const builtInUserId = 1;

/** Which user `created_by` and `updated_by` show for an actor. */
export const userIdOf = ({ kind, id }: Actor): number => (kind === 'user' ? Number(id) : builtInUserId);

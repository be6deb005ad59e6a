import { idOf, type ProcessManager } from '#millwright/event-sourcing';
import type { PersonalTraces } from './personal-traces.js';
import { users } from './users.js';

/** Has all that is kept of an erased person vanish, also where the process that decided it ended before it came to that. */
export const userErasure = (traces: PersonalTraces): ProcessManager => ({
  name: 'user-erasure',
  categories: [users.stream.category],
  startsAt: 'head',
  async handle({ type, stream }) {
    if (type === `${users.typeName}Erased`) await traces.erase(idOf(stream));
  },
});

import { operation, reads } from '#millwright/resources';
import { EraseUser } from './user.commands.js';
import { UserEraser } from './user-eraser.js';

/** What can be done with a person beside what can be done with every record. */
export const userOperations = [
  operation({
    name: 'eraseUser',
    scopes: ['people:write', 'access:manage'],
    tier: 'core',
    command: EraseUser,
    route: 'POST :id/erase',
    fromPath: { user_id: 'id' },
    summary: "Have a person's data be gone for good",
    description:
      'Names, addresses, numbers and where calls came from are gone from everything that is kept and from backups made later; events, hashes and totals stay. The person is shown as `Erased user 12`, and cannot come in any more. Needs all that the person may do.',
    refusals: 'NOT_FOUND, CONFLICT (the built-in user), ALREADY_ERASED, LAST_ADMINISTRATOR, VALIDATION_FAILED, PRECONDITION_FAILED',
    by: UserEraser,
    carryOut: (eraser, command) => eraser.erase(command),
  }),
];

export const personalDataRead = reads({
  name: 'getUserPersonalData',
  scopes: ['people:read', 'access:manage'],
  summary: 'Show all that is known of a person',
  description:
    'The record, where the person was and is signed in, where calls came from, and what the person wrote at sites that you may read. Needs all that the person may do. Of an erased person it is who erased him, when and why.',
});

import { builtInUserId } from '#millwright/access';
import { defineStandIns } from '#millwright/resources';
import { users } from '#millwright/people';
import { credentials, credentialsId } from './domain/credentials.js';

/** Who did what a client or a service account did: it has a name and no number of a person (contract, part 4, S85). */
defineStandIns(users.name, async (id, { events }) => {
  const credential = (await events.load(credentials, credentialsId)).state.byId.get(-id);
  if (!credential?.history) return undefined;
  const { name, revision, revokedAt, history } = credential;
  const { customerId, created, updated } = history;
  return {
    id: null,
    name,
    surname: null,
    customer_id: customerId,
    archived: revokedAt !== null,
    revision,
    created_at: created.at,
    updated_at: updated.at,
    created_by: builtInUserId,
    updated_by: builtInUserId,
  };
});

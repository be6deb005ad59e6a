import { accessEntities } from '#millwright/access';
import { credentialEntities } from '#millwright/credentials';
import { keptTextEntities, outboxEntities } from '#millwright/event-sourcing';
import { requestEntities } from '#millwright/requests';
import { peopleEntities } from '#millwright/resources';

/**
 * The mutable tables of schema `app`, by room: what `EntityManager` has repositories for. Their migrations are in `migrations.ts`.
 * Keys of requests, claims of references, timers, checkpoints and snapshots are none: they lie on the path of every command or event, and their statements
 * decide who wins. Nor is `app.log_home`, which is read before there is a DataSource, nor `app.taken_up_sequences`, which is read before anything is decided.
 */
export const entities: readonly (new () => object)[] = [
  ...outboxEntities,
  ...accessEntities,
  ...peopleEntities,
  ...keptTextEntities,
  ...requestEntities,
  ...credentialEntities,
];

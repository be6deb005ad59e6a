import { access, accessId, grantNewSite, grantReturnedSite, type Access, type AccessEvent } from '#millwright/access';
import { idOf, reaction, type Position, type Reaction, type Rejection } from '#millwright/event-sourcing';
import { entities } from '#millwright/sites';

/** The other sites of a customer that are not archived, as they were about then. */
type OtherSites = (customerId: number, entityId: number, position: Position) => Promise<readonly number[]>;

export const siteAdministratorsName = 'site-administrators';

/** A site that was just made or brought back has its administrators at once: whoever made it, and those of all the others. */
export const siteAdministrators = (otherSites: OtherSites): Reaction =>
  reaction({
    name: siteAdministratorsName,
    on: entities.stream,
    startsAt: 'beginning',
    to: {
      async EntityRegistered({ stream, position, metadata: { customer_id, credential, actor } }, then) {
        const entityId = idOf(stream);
        const others = await otherSites(customer_id, entityId, position);
        const maker = credential?.kind === 'session' && actor.kind === 'user' ? Number(actor.id) : null;
        await then.execute<Access, AccessEvent>(access, accessId, (state) => grantNewSite(state, { entityId, others, maker }), {
          command: 'grant',
          refused: again,
        });
      },
      async EntityUnarchived({ stream, position, metadata: { customer_id } }, then) {
        const entityId = idOf(stream);
        const others = await otherSites(customer_id, entityId, position);
        await then.execute<Access, AccessEvent>(access, accessId, (state) => grantReturnedSite(state, { entityId, others }), {
          command: 'grant',
          refused: again,
        });
      },
    },
  });

/** Nothing is refused here, so that a refusal is a fault: the event is handled again. */
function again(refusal: Rejection): never {
  throw refusal;
}

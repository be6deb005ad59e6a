import { actorOf, currentEntity, currentScope, userIdOf } from '#millwright/access';
import { Rejection } from '#millwright/event-sourcing';

/**
 * A technician keeps his own time and nobody else's, whichever orders he sees (contract, part 4, section 3).
 * @param technicianId whose work it is; null for a vendor's
 * @throws Rejection INSUFFICIENT_PERMISSIONS
 */
export function requireOwnLabour(technicianId: number | null): void {
  const { principal } = currentScope();
  if (principal.rights.rowsAt?.(currentEntity().id) !== 'assigned' || technicianId === userIdOf(actorOf(principal))) return;
  throw new Rejection('INSUFFICIENT_PERMISSIONS', 'A technician keeps his own time only.');
}

import type { FastifyInstance } from 'fastify';
import type { Portal } from '#millwright/requests';
import type { LimitsGate } from './limits-gate.js';
import { isPortal } from './route-policy.js';

/**
 * A portal that is not there is answered like a path that nobody knows, whatever stands in the body or the query: before either is looked at (S26). One
 * that is there takes requests where the tier of the installation has writes (contract, part 4, section 5).
 */
export function addPortalGate(server: FastifyInstance, portal: Pick<Portal, 'requireOpen'>, limits: Pick<LimitsGate, 'requireTier'>): void {
  server.addHook('onRequest', async (request) => {
    if (!isPortal(request.routeOptions.url ?? '')) return;
    await portal.requireOpen((request.params as Readonly<{ uuid: string }>).uuid, { requestId: request.id });
    await limits.requireTier(request);
  });
}

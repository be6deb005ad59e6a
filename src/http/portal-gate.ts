import type { FastifyInstance } from 'fastify';
import type { Portal } from '#millwright/requests';
import { isPortal } from './route-policy.js';

/**
 * A portal that is not there is answered like a path that nobody knows, whatever stands in the body or the query: before either is looked at (S26).
 */
export function addPortalGate(server: FastifyInstance, portal: Pick<Portal, 'requireOpen'>): void {
  server.addHook('onRequest', async ({ routeOptions, params, id }) => {
    if (isPortal(routeOptions.url ?? '')) await portal.requireOpen((params as Readonly<{ uuid: string }>).uuid, { requestId: id });
  });
}

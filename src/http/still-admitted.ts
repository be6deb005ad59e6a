import type { FastifyReply } from 'fastify';
import type { RequestScope } from '#millwright/access';
import { holdAlike } from './replayed-answer.js';

/** So long, in milliseconds, somebody who was let in counts as let in: within a second of his credential's end nothing more is done or told (S67). */
export const admittedForMs = 300;

/**
 * Who is let in with a request that has taken long, and what he may at this moment; undefined where it was let in just now.
 * @throws Rejection what the request would be refused with at this moment
 */
export function stillAdmitted({ elapsedTime, request, server }: FastifyReply): Promise<RequestScope> | undefined {
  return elapsedTime < admittedForMs ? undefined : server.admitAnew(request);
}

/** Whether both may do the same, at the same sites, and see the same rows. */
export const maySame = (one: RequestScope, other: RequestScope): boolean => holdAlike(one, other) && one.rows === other.rows;

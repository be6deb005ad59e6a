import type { Actor, CommandContext } from '#millwright/event-sourcing';

/** Whoever signs in, or out, as far as a request tells. */
export type Visitor = Readonly<{
  /** What the log of calls knows the call by. */
  request: object;
  requestId: string;
  /** As the installation's proxies say it (contract, part 4, S14). */
  address: string;
  /** An IPv4 address, or the /64 of an IPv6 address: who has one of these has all of them. */
  network: string;
  userAgent: string;
}>;

/** The customer that an installation begins with, and has no other. */
export const firstCustomerId = 1;

/** How long conflicts of one command are retried. */
export const patienceMs = 2_000;

/** What is written down of what somebody does who has no credential yet. */
export const contextOf = (
  { requestId }: Pick<Visitor, 'requestId'>,
  actor: Actor,
  { customerId, entityId }: Readonly<{ customerId: number; entityId: number | null }>,
): CommandContext => ({
  actor,
  customerId,
  entityId,
  requestId,
  correlationId: requestId,
  causationId: requestId,
  deadline: Date.now() + patienceMs,
});

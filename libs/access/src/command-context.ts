import type { CommandContext } from '#millwright/event-sourcing';
import type { RequestScope } from './request-scope.js';

/** How long conflicts of one command are retried. */
const patienceMs = 2_000;

/** What of a request ends in its events' metadata, and until when its command may be retried. */
export const commandContextOf = (
  { requestId, principal, entity }: RequestScope,
  more: Pick<CommandContext, 'expectedRevisions' | 'idempotency'> = {},
): CommandContext => ({
  actor: { kind: 'api_key', id: principal.credentialId },
  customerId: principal.customerId,
  entityId: entity?.id ?? null,
  requestId,
  correlationId: requestId,
  causationId: requestId,
  deadline: Date.now() + patienceMs,
  ...more,
});

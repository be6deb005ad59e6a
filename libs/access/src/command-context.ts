import { runInContext, type CommandContext } from '#millwright/event-sourcing';
import { timeZoneOf, type RequestScope, type ScopedContext } from './request-scope.js';

/** How long conflicts of one command are retried. */
const patienceMs = 2_000;

/** What of a request ends in its events' metadata, and until when its command may be retried. */
export const commandContextOf = (
  scope: RequestScope,
  more: Pick<CommandContext, 'expectedRevisions' | 'idempotency'> = {},
): ScopedContext => ({
  actor: { kind: 'user', id: String(scope.principal.userId) },
  credential: scope.principal.credential,
  ...(scope.entity && { timeZone: timeZoneOf(scope.entity) }),
  customerId: scope.principal.customerId,
  entityId: scope.entity?.id ?? null,
  requestId: scope.requestId,
  correlationId: scope.requestId,
  causationId: scope.requestId,
  deadline: Date.now() + patienceMs,
  scope,
  ...more,
});

/** Lets whatever `work` calls know who asks (`currentScope`), and gives its commands their context. */
export const runInScope = <T>(scope: RequestScope, work: () => T): T => runInContext(commandContextOf(scope), work);

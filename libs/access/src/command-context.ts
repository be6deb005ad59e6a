import { Commits, Rejection, runInContext, type Actor, type CommandContext } from '#millwright/event-sourcing';
import { timeZoneOf, type Principal, type RequestScope, type ScopedContext } from './request-scope.js';

/** How long conflicts of one command are retried. */
const patienceMs = 2_000;

/** What of a request ends in its events' metadata, and until when its command may be retried. */
export const commandContextOf = (
  scope: RequestScope,
  more: Pick<CommandContext, 'expectedRevisions' | 'idempotency' | 'admission'> = {},
): ScopedContext => ({
  actor: actorOf(scope.principal),
  credential: scope.principal.credential,
  ...(scope.entity && { timeZone: timeZoneOf(scope.entity) }),
  customerId: scope.principal.customerId,
  entityId: scope.entity?.id ?? null,
  requestId: scope.requestId,
  correlationId: scope.requestId,
  causationId: scope.requestId,
  commits: new Commits(),
  deadline: Date.now() + patienceMs,
  scope,
  ...more,
});

/** A client and a service account act for themselves; whoever has another credential is a person, or the built-in user. */
export function actorOf({ credential: { kind, id }, userId }: Principal): Actor {
  return kind === 'client' || kind === 'service_account' ? { kind, id } : { kind: 'user', id: String(userId) };
}

/** Lets whatever `work` calls know who asks (`currentScope`), and gives its commands their context. */
export const runInScope = <T>(scope: RequestScope, work: () => T): T => runInContext(commandContextOf(scope), work);

/**
 * What to answer when something went wrong behind a commit: what was taken stands, so it is never said to have failed.
 * @returns COMPLETION_PENDING (with `position`) in place of a failure of ours; a refusal stays what it is
 */
export function afterCommit(failure: unknown, { commits }: Pick<CommandContext, 'commits'>): unknown {
  const isRefusal = failure instanceof Rejection && failure.code !== 'UNAVAILABLE' && failure.code !== 'INTERNAL';
  if (commits?.position === undefined || isRefusal) return failure;
  const pending = new Rejection(
    'COMPLETION_PENDING',
    'The request was taken, and its answer cannot be made right now; repeat it to get it.',
    [],
    {
      position: commits.position.toString(),
    },
  );
  return Object.assign(pending, { cause: failure });
}

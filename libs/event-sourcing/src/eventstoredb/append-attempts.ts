import { LogUnavailable, UnknownOutcome, WrongExpectedRevision, type AppendRequest } from '../event-log.js';
import { AppendTooLarge, failureOf, LogAccessDenied, StreamDeleted } from './failures.js';
import { backoff, pause } from '../retry.js';

export type AttemptLimits = Readonly<{
  /** When to give up, in milliseconds since 1970. */
  deadline: number;
  /** Milliseconds of one try. */
  attemptTimeout: number;
}>;

/**
 * Tries an append until it is settled or its time is over. A try whose outcome is unknown (a timeout, a lost connection) is made again with
 * the same event ids and the same expected revision: the server knows its own events again, and a conflict then proves that the earlier
 * try neither was nor ever will be applied, since it expected the same revision.
 */
export async function appendUntilSettled<Result>(
  request: Pick<AppendRequest, 'stream' | 'expected'>,
  { deadline, attemptTimeout }: AttemptLimits,
  attempt: (timeout: number) => Promise<Result>,
): Promise<Result> {
  let perhapsAppended: unknown;
  for (let failures = 0; ; failures += 1) {
    let failed: unknown;
    try {
      const timeout = Math.max(1, Math.min(attemptTimeout, deadline - Date.now()));
      return await answered(attempt(timeout), timeout + grace);
    } catch (error) {
      failed = error;
    }
    const failure = failureOf(failed);
    if (failure !== 'unknown outcome' && failure !== 'not sent' && failure !== 'not leader') throw definiteFailure(request, failed);
    if (failure === 'unknown outcome') perhapsAppended = failed;
    const wait = backoff(failures);
    if (Date.now() + wait >= deadline)
      throw perhapsAppended === undefined ? new LogUnavailable(failed) : new UnknownOutcome(request.stream, perhapsAppended);
    await pause(wait);
  }
}

/** Milliseconds after a call's own deadline. The client keeps that deadline only once it has found a server, which in a cluster may take long. */
const grace = 100;

function answered<Result>(attempt: Promise<Result>, milliseconds: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
    attempt.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function definiteFailure({ stream, expected }: Pick<AppendRequest, 'stream' | 'expected'>, error: unknown): unknown {
  switch (failureOf(error)) {
    case 'wrong revision': {
      const { actualVersion } = error as { actualVersion?: unknown };
      return new WrongExpectedRevision(stream, expected, typeof actualVersion === 'bigint' ? Number(actualVersion) : undefined);
    }
    case 'stream deleted':
      return new StreamDeleted(stream, error);
    case 'access denied':
      return error instanceof LogAccessDenied ? error : new LogAccessDenied(error);
    case 'too large': {
      const { maxAppendSize } = error as { maxAppendSize?: unknown };
      return new AppendTooLarge(stream, typeof maxAppendSize === 'number' ? maxAppendSize : undefined, error);
    }
    default:
      return error;
  }
}

import { LogUnavailable } from '../event-log.js';

/** The server knows us and says no. */
export class LogAccessDenied extends LogUnavailable {
  constructor(cause: unknown) {
    super(cause);
    this.name = 'LogAccessDenied';
    this.message = 'EventStoreDB refuses these credentials';
  }
}

/** Somebody deleted the stream for good (a tombstone), past this program. Nothing was appended, and nothing ever can be. */
export class StreamDeleted extends Error {
  constructor(
    readonly stream: string,
    cause: unknown,
  ) {
    super(`${stream}: the stream was deleted for good in EventStoreDB`, { cause });
    this.name = 'StreamDeleted';
  }
}

/** Nothing was appended; the same append will never fit. */
export class AppendTooLarge extends Error {
  constructor(
    readonly stream: string,
    /** Bytes that one append may have, as far as the server said so. */
    readonly maximum: number | undefined,
    cause: unknown,
  ) {
    super(`${stream}: the append is larger than the server allows${maximum === undefined ? '' : ` (${maximum} bytes)`}`, { cause });
    this.name = 'AppendTooLarge';
  }
}

/** How a failed call is to be understood. Only an unknown outcome leaves open whether an append was committed. */
export type Failure =
  | 'wrong revision'
  | 'stream deleted'
  | 'stream not found'
  | 'access denied'
  | 'too large'
  | 'refused'
  | 'not leader'
  | 'not sent'
  | 'unknown outcome';

/** What the client's errors and raw gRPC errors have in common. The client converts most errors, but not the first after a lost server. */
type CallError = Readonly<{ type?: unknown; code?: unknown; message?: unknown }>;

const byType = new Map<unknown, Failure>([
  ['wrong-expected-version', 'wrong revision'],
  ['stream-deleted', 'stream deleted'],
  ['stream-not-found', 'stream not found'],
  ['access-denied', 'access denied'],
  ['maximum-append-size-exceeded', 'too large'],
  ['not-leader', 'not leader'],
  ['invalid-argument', 'refused'],
  ['invalid-transaction', 'refused'],
  ['missing-required-metadata-property', 'refused'],
  ['unsupported', 'refused'],
]);

/** gRPC status codes: invalid argument, permission denied, unimplemented, unauthenticated. */
const byCode = new Map<unknown, Failure>([
  [3, 'refused'],
  [7, 'access denied'],
  [12, 'refused'],
  [16, 'access denied'],
]);

/** "Resource exhausted" is a message over the limit of either side, or a server that is overloaded in the middle of a call, which leaves everything open. */
const resourceExhausted = 8;
const overTheLimit = /message.*(larger than|exceeds)/i;

/** Messages of calls that never left this process, so that nothing can have been appended. */
const neverSent = /No connection established|Name resolution failed|ECONNREFUSED|Waiting for LB pick|Failed to discover after/i;

export function failureOf(error: unknown): Failure {
  // A read of our own that had to come before the append, and did not get through.
  if (error instanceof LogUnavailable) return error instanceof LogAccessDenied ? 'access denied' : 'not sent';
  if (typeof error !== 'object' || error === null) return 'unknown outcome';
  const { type, code, message } = error as CallError;
  const known = byType.get(type) ?? byCode.get(code);
  if (known) return known;
  if (typeof message !== 'string') return 'unknown outcome';
  if (code === resourceExhausted && overTheLimit.test(message)) return 'too large';
  return neverSent.test(message) ? 'not sent' : 'unknown outcome';
}

/** What a failed read throws. */
export function readFailure(stream: string, error: unknown): unknown {
  switch (failureOf(error)) {
    case 'stream deleted':
      return new StreamDeleted(stream, error);
    case 'access denied':
      return new LogAccessDenied(error);
    case 'refused':
    case 'too large':
      return error;
    case 'wrong revision':
    case 'stream not found':
    case 'not leader':
    case 'not sent':
    case 'unknown outcome':
      return new LogUnavailable(error);
  }
}
